using System.Diagnostics.Metrics;
using RecServe.Api.Models;
using RecServe.Api.Telemetry;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Api.Rows;

/// <summary>What the tiers hold, as gauges. Tables of one name, of several models or versions, are added up; a table that versions share counts once.</summary>
internal sealed class RowGauges
{
    private readonly ModelRegistry _registry;
    private readonly NodeRows _node;

    /// <summary>Adds the gauges to the server's meter.</summary>
    public RowGauges(ServingMetrics metrics, ModelRegistry registry, NodeRows node)
    {
        (_registry, _node) = (registry, node);
        Meter meter = metrics.Meter;
        meter.CreateObservableGauge("recserve_rows_resident", Resident, null, "Embedding rows held, by table, tier and precision.");
        meter.CreateObservableGauge("recserve_rows_bytes", Bytes, "By", "Memory or disk that embedding rows take, everything counted, by table and tier.");
        if (node.Store is { } store)
        {
            meter.CreateObservableGauge("recserve_store_memory_bytes", () => store.Measure().MemoryBytes, "By", "Bytes of the store's log in memory.");
            meter.CreateObservableGauge("recserve_store_disk_bytes", () => store.Measure().DiskBytes, "By", "Bytes of the store's log files.");
            meter.CreateObservableGauge("recserve_store_index_bytes", () => store.Measure().IndexBytes, "By", "Bytes of the store's hash index in memory.");
            meter.CreateObservableCounter("recserve_store_read_errors_total", () => store.Measure().ReadErrors + store.Measure().DamagedRows, null, "Rows of the store that could not be read.");
            meter.CreateObservableGauge("recserve_store_checkpoint", () => store.Measure().Checkpoint, null, "Number of the store's last checkpoint.");
        }

        if (node.Shared is { } shared)
        {
            meter.CreateObservableGauge("recserve_redis_available", () => shared.State is SharedRowsState.Closed or SharedRowsState.PartlyOpen ? 1L : 0L, null, "Whether Redis is asked for rows: 0 while it is gone, slow or not connected.");
            meter.CreateObservableCounter("recserve_redis_rows_total", () => Answers(shared.Measure()), null, "Rows that Redis was to be asked for, by what came of it.");
            meter.CreateObservableGauge("recserve_redis_queue_rows", () => shared.Measure().Queue.Rows, null, "Rows that wait to be written to Redis.");
            meter.CreateObservableCounter("recserve_redis_dropped_total", () => shared.Measure().Dropped, null, "Rows not written to Redis because the queue was full.");
        }
    }

    private static IEnumerable<Measurement<long>> Answers(SharedRowsSnapshot shared)
    {
        yield return new Measurement<long>(shared.Hits, new KeyValuePair<string, object?>("result", "hit"));
        yield return new Measurement<long>(shared.Misses, new KeyValuePair<string, object?>("result", "miss"));
        yield return new Measurement<long>(shared.TimedOut, new KeyValuePair<string, object?>("result", "timed_out"));
        yield return new Measurement<long>(shared.Failed, new KeyValuePair<string, object?>("result", "failed"));
        yield return new Measurement<long>(shared.NotAsked, new KeyValuePair<string, object?>("result", "not_asked"));
        yield return new Measurement<long>(shared.Foreign, new KeyValuePair<string, object?>("result", "foreign"));
    }

    private IEnumerable<Measurement<long>> Resident()
    {
        foreach (IGrouping<string, EmbeddingTable> tables in Tables())
        {
            foreach (var rows in tables.SelectMany(table => table.Measure().Precisions).GroupBy(p => p.Precision, p => p.Rows))
                yield return new Measurement<long>(rows.Sum(), new("table", tables.Key), new("tier", "hot"), new("precision", RowPrecisionNames.Of(rows.Key)));
        }

        foreach (var stored in Stored())
            yield return new Measurement<long>(stored.Sum(table => table.Rows), new("table", stored.Key), new("tier", "faster"), new("precision", "any"));
    }

    private IEnumerable<Measurement<long>> Bytes()
    {
        foreach (IGrouping<string, EmbeddingTable> tables in Tables())
            yield return new Measurement<long>(tables.Sum(table => table.Measure().Total), new("table", tables.Key), new("tier", "hot"));
        foreach (var stored in Stored())
            yield return new Measurement<long>(stored.Sum(table => table.LiveBytes), new("table", stored.Key), new("tier", "faster"));
    }

    private IEnumerable<IGrouping<string, EmbeddingTable>> Tables() => _registry.Current.Models
        .SelectMany(model => model.Versions)
        .SelectMany(version => Enumerable.Range(0, version.Tables.Count).Select(field => version.Tables[field]))
        .Distinct()
        .GroupBy(table => table.Name, StringComparer.Ordinal);

    private IEnumerable<IGrouping<string, StoredTable>> Stored() =>
        (_node.Store?.Measure().Tables ?? []).GroupBy(table => table.Name, StringComparer.Ordinal);
}
