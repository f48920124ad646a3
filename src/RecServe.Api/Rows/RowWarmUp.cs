using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.Models;
using RecServe.Api.Telemetry;
using RecServe.Embeddings;

namespace RecServe.Api.Rows;

/// <summary>
/// Once a server is up, takes over what Redis has for its tables: rows that other nodes updated since the package was written, and rows that they ask for most.
/// Rankings are answered meanwhile.
/// </summary>
internal sealed class RowWarmUp(NodeRows node, ModelRegistry registry, TimeProvider time, ILogger<RowWarmUp> log) : BackgroundService
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    // Redis is a cache of hot rows: one that holds more has been shared with something else, or was never emptied.
    private const long MostRows = 10_000_000;

    /// <summary>Rows that were newer than this node's own; null until the warm-up is over.</summary>
    public long? Taken { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (node.Shared is not { } shared)
            return;
        try
        {
            while (shared.State == SharedRowsState.Connecting)
                await Task.Delay(BetweenTries, time, stoppingToken);
            Dictionary<TableId, EmbeddingTable> tables = registry.Current.Models
                .SelectMany(model => model.Versions)
                .SelectMany(version => Enumerable.Range(0, version.Tables.Count).Select(field => version.Tables[field]))
                .DistinctBy(table => table.Id)
                .ToDictionary(table => table.Id);
            long taken = 0;
            SharedWarmUp done = await shared.WarmAsync(tables.Keys, MostRows, (table, key) => tables[table].Stamp(key),
                batch => taken += tables.Values.Sum(table => table.Warm(batch)), null, stoppingToken);
            Taken = taken;
            log.WarmedUp(done.Handed, taken, done.Trouble == SharedRowsTrouble.None ? "" : $" (ended early: {done.Trouble})");
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (RowStoreException failure)
        {
            log.StoreWarning(failure.Message);
        }
    }
}
