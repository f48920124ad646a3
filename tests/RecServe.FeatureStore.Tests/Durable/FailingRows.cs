using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.FeatureStore.Tests.Durable;

/// <summary>A node's store whose disk fails when told to.</summary>
internal sealed class FailingRows(IRowStore rows) : IRowStore
{
    private long _unanswered;

    /// <summary>Whether look-ups find nothing, as where the disk cannot be read.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>Whether a change is written and then said to have failed.</summary>
    public bool FailsAfterWriting { get; set; }

    public long UnansweredReads => rows.UnansweredReads + _unanswered;

    public IReadOnlyDictionary<string, long> Offsets => rows.Offsets;

    public StoredTable Register(TableId id, string name, int width, RowPrecision precision) => rows.Register(id, name, width, precision);

    public RowLoad Load(TableId table) => rows.Load(table);

    public ApplyResult Apply(TableId table, ReadOnlySpan<RowDelta> deltas, ReadOnlySpan<RowOrigin> origins = default)
    {
        ApplyResult result = rows.Apply(table, deltas, origins);
        return FailsAfterWriting ? throw new RowStoreException("the disk is gone") : result;
    }

    public void Find(TierBatch batch)
    {
        if (IsUnreadable)
            _unanswered++;
        else
            rows.Find(batch);
    }

    public void Scan(TableId table, StoredRowVisitor visit) => rows.Scan(table, visit);

    public CheckpointResult Checkpoint(IReadOnlyDictionary<string, long> offsets) => rows.Checkpoint(offsets);

    public RowStoreSnapshot Measure() => rows.Measure();

    public void Dispose() => rows.Dispose();
}
