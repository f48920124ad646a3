using RecServe.Artifacts;
using RecServe.Embeddings;
using RecServe.Stream;

namespace RecServe.Cli.Updates;

/// <summary>Finds the rows of a store that a producer has written last: what the store keeps with each row tells where it came from.</summary>
/// <param name="Producer">Its name.</param>
/// <param name="Since">Event time from which on, milliseconds since 1970 UTC; null for any. A row without an event time counts.</param>
/// <param name="Partition">Partition that they came by; null for any.</param>
/// <param name="FromOffset">Offset from which on; null for any.</param>
internal sealed record ProducerRows(string Producer, long? Since, int? Partition, long? FromOffset)
{
    /// <summary>Looks through one table of a package.</summary>
    /// <returns>The rows in the order of their keys.</returns>
    public IEnumerable<ProducedRow> Find(RowStore store, string lineage, PackageTable table)
    {
        uint producer = UpdateOrigin.Producer(Producer);
        var found = new SortedDictionary<ulong, ProducedRow>();
        store.Scan(TableId.Of(lineage, table.Sha256!), (key, version, _, _, isDeleted, origin) =>
        {
            // Older records of a row may still stand in the log, before the newer ones.
            if (found.TryGetValue(key, out ProducedRow? older) && older.Version > version)
                return true;
            found.Remove(key);
            if (origin is { } from && from.Producer == producer && IsMeant(from))
            {
                (int partition, long offset) = UpdateOrigin.Place(from);
                found[key] = new ProducedRow(lineage, table.Name, key, version, isDeleted, from.EventTime, partition, offset);
            }

            return true;
        });
        return found.Values;
    }

    private bool IsMeant(in RowOrigin origin)
    {
        (int partition, long offset) = UpdateOrigin.Place(origin);
        return (Since is null || origin.EventTime == 0 || origin.EventTime >= Since) && (Partition is null || partition == Partition) && (FromOffset is null || offset >= FromOffset);
    }
}
