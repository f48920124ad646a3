namespace RecServe.Embeddings;

/// <summary>A registered table's counts, changed under the writer's lock.</summary>
internal sealed class TableState(StoredTable table)
{
    public StoredTable Table { get; set; } = table;

    /// <summary>Bytes that a record takes in the log: FASTER's 8 in front, the key, the length, rounded up to 8.</summary>
    public static int LogBytes(int recordBytes) => (8 + 16 + sizeof(int) + recordBytes + 7) & ~7;

    /// <summary>Counts an applied change.</summary>
    public void Count(in ChangeOutcome outcome, bool isDeletion)
    {
        bool had = outcome.OldBytes > 0;
        Table = Table with
        {
            Rows = Table.Rows + (isDeletion ? 0 : 1) - (had && !outcome.OldIsTombstone ? 1 : 0),
            Tombstones = Table.Tombstones + (isDeletion ? 1 : 0) - (had && outcome.OldIsTombstone ? 1 : 0),
            LiveBytes = Table.LiveBytes + LogBytes(outcome.NewBytes) - (had ? LogBytes(outcome.OldBytes) : 0),
        };
    }
}
