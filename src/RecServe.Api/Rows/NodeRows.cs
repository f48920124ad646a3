using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.FeatureRows;
using RecServe.Api.Rank;
using RecServe.Api.Telemetry;
using RecServe.Api.Updates;
using RecServe.Embeddings;
using RecServe.Stream;

namespace RecServe.Api.Rows;

/// <summary>
/// The tiers below process memory that one server has: its store, opened before the models are loaded and checkpointed while it serves and when it stops, and
/// the cache that it shares with its replicas.
/// </summary>
internal sealed class NodeRows : IHostedService, IDisposable
{
    // What waits for Redis when the server stops is only a copy: a few seconds are enough.
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(3);

    private readonly ServingOptions _options;
    private readonly RequestScratchPool _rankings;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeRows> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread? _checkpointing;
    private long _checkpointed;
    private bool _disposed;

    /// <summary>Opens the store and begins to connect to Redis.</summary>
    /// <exception cref="ServingException">The store cannot be opened, or an option cannot be followed; the message says why.</exception>
    public NodeRows(ServingOptions options, RequestScratchPool rankings, TimeProvider time, ILogger<NodeRows> log)
    {
        (_options, _rankings, _time, _log) = (options, rankings, time, log);
        if (options.HotMemoryMb > 0 && options.StoreDirectory is null)
            throw new ServingException("--hot-memory-mb keeps a part of the rows in process memory; --store must name the folder that keeps the rest");
        try
        {
            Store = options.StoreDirectory is null ? null : Open(options, rankings, log);
            Shared = options.Redis is null ? null : new SharedRows(new SharedRowsOptions
            {
                ConnectionString = options.Redis,
                Timeout = TimeSpan.FromMilliseconds(options.RedisTimeoutMs),
            });
        }
        catch (Exception failure) when (failure is RowStoreException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            Store?.Dispose();
            throw new ServingException(failure.Message, failure);
        }

        Tiers = new RowTiers { Store = Store, Shared = Shared, SharedBudget = TimeSpan.FromMilliseconds(options.RedisTimeoutMs) };
        Loader = new TableLoader(Tiers, new TableLoaderOptions
        {
            HotBytes = (long)options.HotMemoryMb << 20,
            Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
        });

        // A thread of its own: a checkpoint waits for the disk, and the pool has a thread a core. One of two that waits is half of the rankings that wait.
        _checkpointing = Store is null ? null : new Thread(Tend) { Name = "checkpoints", IsBackground = true };
    }

    /// <summary>The store of record; null without one.</summary>
    public RowStore? Store { get; }

    /// <summary>The shared cache; null without one.</summary>
    public SharedRows? Shared { get; }

    /// <summary>The tiers, for tables.</summary>
    public RowTiers Tiers { get; }

    /// <summary>Makes tables of packages.</summary>
    public TableLoader Loader { get; }

    /// <summary>The corridor of updates, whose offsets stand in every checkpoint; set once it is put together.</summary>
    public NodeUpdates? Updates { get; set; }

    /// <summary>The features, whose rows lie in the same store; set once they are there.</summary>
    public NodeFeatures? Features { get; set; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _checkpointing?.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.Run(() =>
        {
            if (_checkpointing is { IsAlive: true })
                _checkpointing.Join();
            Checkpoint();
        }, CancellationToken.None);
        if (Shared is not null)
            await Shared.DrainedAsync(LongestDrain);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The container knows it as a service and as a hosted service, and disposes of both.
        if (_disposed)
            return;
        _disposed = true;
        _stop.Cancel();
        Shared?.Dispose();
        Store?.Dispose();
        _stop.Dispose();
    }

    private static RowStore Open(ServingOptions options, RequestScratchPool rankings, ILogger log)
    {
        RowStore store = RowStore.Open(new RowStoreOptions
        {
            Directory = options.StoreDirectory!,
            LogMemoryBytes = (long)options.StoreMemoryMb << 20,
            IndexBytes = (long)options.StoreIndexMb << 20,
            JournalBytes = (long)options.StoreJournalMb << 20,
            DirectIO = options.StoreDirectIO,
            IsBusy = () => rankings.IsBusy,
        });
        log.StoreOpened(options.StoreDirectory!, store.Measure().Rows, store.Recovery.Checkpoint);
        foreach (string warning in store.Recovery.Warnings)
            log.StoreWarning(warning);
        return store;
    }

    private void Tend()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(_options.CheckpointSeconds), _time);
        try
        {
            while (timer.WaitForNextTickAsync(_stop.Token).AsTask().GetAwaiter().GetResult())
                Checkpoint();
        }
        catch (OperationCanceledException)
        {
            // The server stops; StopAsync takes the last checkpoint.
        }
    }

    /// <summary>Makes the updates since the last time outlive the process. A failure is logged and tried again at the next turn: the checkpoint before stays good.</summary>
    private void Checkpoint()
    {
        long writes = Tiers.Writes + (Features?.Writes ?? 0) + (Updates?.Messages ?? 0);
        if (Store is null || writes == _checkpointed)
            return;
        try
        {
            TimeSpan left = TimeSpan.FromSeconds(_options.CheckpointSeconds) / 4;
            Store.Reclaim(step =>
            {
                // A quarter of the time between checkpoints at most: what updates add meanwhile makes the next turn longer, which must not add up. None once the server stops.
                TimeSpan rest = step * 4 < left ? step * 4 : left;
                do
                {
                    left -= rest;
                    _stop.Token.WaitHandle.WaitOne(rest);
                    rest = TimeSpan.FromMilliseconds(1);
                }
                while (left > rest && _rankings.IsBusy && !_stop.IsCancellationRequested);
            });
            UpdateCheckpoint.Take(Store, Updates?.Consumers ?? [], Updates?.Quarantine);
            _checkpointed = writes;
        }
        catch (IOException failure)
        {
            _log.CheckpointFailed(failure.Message);
        }
    }
}
