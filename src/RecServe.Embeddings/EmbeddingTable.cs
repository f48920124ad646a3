using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The rows of one field, found by their 64-bit keys: in process memory first, then in the tiers below. Any number of readers gather at once beside one
/// writer; <see cref="Apply"/> is the one door for writes.
/// </summary>
public sealed partial class EmbeddingTable : IDisposable
{
    private readonly IHotRows _hot;
    private readonly RowTiers _tiers;

    /// <summary>Puts a table together.</summary>
    /// <param name="id">Identity of its content.</param>
    /// <param name="name">Table name: the field's.</param>
    /// <param name="hot">Its rows in process memory; what answers for keys without a row is theirs.</param>
    /// <param name="tiers">The tiers below, which all tables of the node share.</param>
    public EmbeddingTable(TableId id, string name, IHotRows hot, RowTiers tiers) => (Id, Name, _hot, _tiers) = (id, name, hot, tiers);

    /// <summary>A package's table with every row in process memory and no tier below.</summary>
    /// <param name="table">A table that PackageReader has checked.</param>
    public EmbeddingTable(PackageTable table)
        : this(default, table.Name, PackageHotRows.Complete(table), RowTiers.None)
    {
    }

    /// <summary>Identity of the table's content.</summary>
    public TableId Id { get; }

    /// <summary>Table name: the field's.</summary>
    public string Name { get; }

    /// <summary>Floats of a row.</summary>
    public int Width => _hot.Width;

    /// <summary>Rows and memory in the hot tier; exact.</summary>
    public HotRowBytes Measure() => _hot.Measure();

    /// <summary>Whether a key has a row in process memory, and how it is stored.</summary>
    public RowPrecision? HotPrecision(ulong key) => _hot.PrecisionOf(key);

    /// <summary>
    /// Applies row deltas to every tier; the one door for writes. A gather that begins after the call sees them all. A delta not newer than the row it replaces
    /// (or than the key's deletion) is ignored, so a batch can come twice and batches in any order.
    /// </summary>
    /// <param name="deltas">Any number.</param>
    /// <param name="origins">Where each delta came from, or empty; the node's store keeps it with the row.</param>
    /// <returns>What the store of record made of them: the node's store where there is one, else process memory.</returns>
    /// <exception cref="RowStoreException">The store cannot take updates now; the batch can come again.</exception>
    public ApplyResult Apply(ReadOnlySpan<RowDelta> deltas, ReadOnlySpan<RowOrigin> origins = default)
    {
        ApplyResult? stored = _tiers.Store?.Apply(Id, deltas, origins);

        // Process memory last: until it has the row, or has noted that it changed, a gather may still promote the row before.
        _tiers.Shared?.Offer(Id, deltas);
        ApplyResult hot = _hot.Apply(deltas);
        _tiers.CountWrite();
        return stored ?? hot;
    }

    /// <summary>The rows of keys as process memory has them now, without a look below: what an update is compared with before it is let in.</summary>
    /// <param name="keys">Row keys.</param>
    /// <param name="values">Takes keys.Length · <see cref="Width"/> floats; the default row for a key that is not there.</param>
    /// <param name="found">Takes whether each key is there.</param>
    public void ReadHot(ReadOnlySpan<ulong> keys, Span<float> values, Span<bool> found) => _hot.Gather(keys, values, found);

    /// <summary>What to remember before a row of this table is looked up below.</summary>
    public long Stamp(ulong key) => _hot.Stamp(key);

    /// <summary>
    /// Takes over the entries of this table in a batch that the shared cache filled in, when a node starts: rows that are newer than the node's own, and for a
    /// table that is held in part also rows that others asked for.
    /// </summary>
    /// <returns>Rows and deletions that were newer than what the node had.</returns>
    public int Warm(TierBatch batch)
    {
        var newer = new List<RowDelta>();
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Table(i) != Id || batch.Version(i) == 0)
                continue;
            newer.Add(batch.IsDeleted(i)
                ? RowDelta.Deletion(batch.Key(i), batch.Version(i))
                : RowDelta.OfEncoded(batch.Key(i), batch.Version(i), batch.Precision(i), batch.Row(i).ToArray()));
        }

        ReadOnlySpan<RowDelta> deltas = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(newer);
        ApplyResult? stored = newer.Count == 0 ? null : _tiers.Store?.Apply(Id, deltas);
        ApplyResult hot = newer.Count == 0 ? default : _hot.Apply(deltas);
        for (int i = 0; i < batch.Count && !_hot.IsComplete; i++)
        {
            if (batch.Table(i) == Id && batch.Tier(i) != RowTier.None)
                _hot.Promote(batch.Key(i), batch.Version(i), batch.Precision(i), batch.Row(i), batch.Stamp(i));
        }

        int applied = (stored ?? hot).Applied;
        if (applied > 0)
            _tiers.CountWrite();
        return applied;
    }

    /// <summary>Gives the memory of the hot rows back once the gathers under way have ended. A table that nobody disposes of is freed with its last reader.</summary>
    public void Dispose() => _hot.Dispose();
}
