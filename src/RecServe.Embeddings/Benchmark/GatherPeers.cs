using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// What a team would otherwise gather rows from by key: FASTER, one read after the other, all in memory; and Redis by MGETs of 500 keys over TCP
/// through the client that the product ships, one after the other and all under way together. Each is measured beside the table, in turn, over the same keys.
/// </summary>
internal sealed class GatherPeers : IDisposable
{
    private const int RedisBatches = 6, MemoryBatches = 15, Rounds = 7;

    private readonly GatherBenchmarkOptions _options;
    private readonly ulong[][] _batches;
    private readonly FasterGather _faster;
    private readonly LocalRedis? _server;
    private readonly RedisRows? _redis;

    /// <summary>Loads both.</summary>
    /// <param name="options">Precision and row length.</param>
    /// <param name="keys">Keys of all rows.</param>
    /// <param name="rows">The encoded rows in the order of the keys.</param>
    /// <param name="batches">Keys to gather.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    public GatherPeers(GatherBenchmarkOptions options, ulong[] keys, byte[] rows, ulong[][] batches, IProgress<string>? progress)
    {
        (_options, _batches) = (options, batches);
        progress?.Report("filling FASTER");
        _faster = new FasterGather(keys, options.Precision, options.Dim, rows);
        _server = LocalRedis.TryStart();
        if (_server is null)
        {
            progress?.Report("redis-server is not on PATH: Redis is left out");
            return;
        }

        progress?.Report($"filling Redis with {keys.Length:N0} rows");
        _redis = new RedisRows(_server.ConnectionString, keys, rows, RowCodec.RowBytes(options.Precision, options.Dim));
    }

    /// <summary>Measures both beside the table.</summary>
    /// <param name="ours">Gathers a batch from the table, given the round.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    public GatherPeerFigures Run(Action<int, ulong[], float[]> ours, CancellationToken cancellation)
    {
        float[] values = new float[_options.Batch * _options.Dim];
        byte[] encoded = new byte[_options.Batch * RowCodec.RowBytes(_options.Precision, _options.Dim)];
        double[] table = new double[Rounds], faster = new double[Rounds], redis = new double[Rounds], together = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            table[round] = Median(MemoryBatches, batch => Time(() => ours(round, batch, values)));
            faster[round] = Median(MemoryBatches, batch => _faster.NanosecondsPerRow(batch, values));
            redis[round] = _redis is null ? 0 : Median(RedisBatches, batch => Time(() => FromRedis(batch, encoded, values, together: false)));
            together[round] = _redis is null ? 0 : Median(RedisBatches, batch => Time(() => FromRedis(batch, encoded, values, together: true)));
        }

        double Ratio(double[] peer) => Median(peer.Zip(table, (theirs, ours) => theirs / ours));
        return new GatherPeerFigures(Median(faster), Ratio(faster), _redis is null ? null : Median(redis), _redis is null ? null : Ratio(redis),
            _redis is null ? null : Median(together), _redis is null ? null : Ratio(together));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _faster.Dispose();
        _redis?.Dispose();
        _server?.Dispose();
    }

    /// <summary>
    /// Median over batches, after as many that are not counted. The side before has left its rows in the caches, and what was not touched for some seconds costs more than that: of 30 batches
    /// of 13,000 from a table that had waited for Redis, the first took 160 ns a row, the next ten 32 falling to 17, the others 16.
    /// </summary>
    private double Median(int count, Func<ulong[], double> nanoseconds)
    {
        foreach (ulong[] batch in _batches[^Math.Min(count, _batches.Length)..])
            nanoseconds(batch);
        return Median(_batches.Take(count).Select(nanoseconds));
    }

    private void FromRedis(ulong[] batch, byte[] encoded, float[] values, bool together)
    {
        int found = _redis!.Gather(batch, encoded, together);
        if (found != batch.Length)
            throw new InvalidOperationException($"Redis has {found} of {batch.Length} rows");
        int rowBytes = RowCodec.RowBytes(_options.Precision, _options.Dim);
        for (int j = 0; j < batch.Length; j++)
            RowCodec.Decode(_options.Precision, encoded.AsSpan(j * rowBytes, rowBytes), values.AsSpan(j * _options.Dim, _options.Dim));
    }

    private double Time(Action gather)
    {
        long start = Stopwatch.GetTimestamp();
        gather();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / _options.Batch;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
