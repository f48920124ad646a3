using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Every row that this node serves, of all its tables, with the version of each: the store of record below the hot rows. Any number of threads look rows up
/// while updates are applied, one batch at a time; a look-up sees a row as it was before or after an update, never a mix.
/// </summary>
public interface IRowStore : IDisposable
{
    /// <summary>How far each source of updates was applied when the store was last checkpointed: where replay begins.</summary>
    IReadOnlyDictionary<string, long> Offsets { get; }

    /// <summary>Look-ups that could not be answered because of the disk, since the store was opened: where it grows during <see cref="Find"/>, what was not found may be there.</summary>
    long UnansweredReads { get; }

    /// <summary>Makes a table known; the same table can be registered again. Its rows outlive the process.</summary>
    /// <param name="id">Identity of its content.</param>
    /// <param name="name">For people; the last name given is kept.</param>
    /// <param name="width">
    /// Floats of a row, 1 to <see cref="RowCodec.MaxDim"/>; 0 for a table whose rows are bytes that mean nothing to the store, 1 to 4 · <see cref="RowCodec.MaxDim"/> of them, given by
    /// <see cref="RowDelta.OfBytes"/>.
    /// </param>
    /// <param name="precision">How new rows are encoded that come as floats.</param>
    /// <exception cref="ArgumentException">The table is known with another width or precision.</exception>
    StoredTable Register(TableId id, string name, int width, RowPrecision precision);

    /// <summary>Makes a table known whose rows are bytes (width 0).</summary>
    /// <param name="id">Identity of its content.</param>
    /// <param name="name">For people; the last name given is kept.</param>
    /// <exception cref="ArgumentException">The table is known as one of numbers.</exception>
    StoredTable RegisterBytes(TableId id, string name) => Register(id, name, 0, RowPrecision.Fp32);

    /// <summary>Begins, or goes on with, the import of a registered table's package rows.</summary>
    RowLoad Load(TableId table);

    /// <summary>
    /// Applies row deltas: when it returns, look-ups see them. A delta not newer than the stored row, or than the key's deletion, is ignored. Floats are stored in
    /// the precision that the row has (a new one in the table's); a row that comes encoded is stored as it is.
    /// </summary>
    /// <param name="table">A registered table.</param>
    /// <param name="deltas">Any number.</param>
    /// <param name="origins">Where each delta came from, or empty.</param>
    /// <exception cref="RowStoreException">The store cannot take updates now; some of the deltas may have been applied, and the batch can come again.</exception>
    ApplyResult Apply(TableId table, ReadOnlySpan<RowDelta> deltas, ReadOnlySpan<RowOrigin> origins = default);

    /// <summary>Fills in the entries of a batch that are not found yet. What cannot be read stays not found and is counted; nothing is thrown for it.</summary>
    void Find(TierBatch batch);

    /// <summary>
    /// Visits every row and tombstone of a table, older first. Where a row was replaced while its older record still stands in the log, the visitor may meet
    /// both, and the newer version counts; the row's bytes are valid during the call alone.
    /// </summary>
    void Scan(TableId table, StoredRowVisitor visit);

    /// <summary>Makes what was applied survive the end of the process, together with the offsets.</summary>
    /// <param name="offsets">How far each source was applied: every delta below must have been passed to <see cref="Apply"/> before.</param>
    /// <exception cref="RowStoreException">It could not be written; the checkpoint before it stays good.</exception>
    CheckpointResult Checkpoint(IReadOnlyDictionary<string, long> offsets);

    /// <summary>Sizes and counts now.</summary>
    RowStoreSnapshot Measure();
}

/// <summary>Receives a stored row.</summary>
/// <param name="key">Row key.</param>
/// <param name="version">Version of the row.</param>
/// <param name="precision">How it is encoded.</param>
/// <param name="row">Encoded bytes; empty if deleted.</param>
/// <param name="isDeleted">Whether this is a deletion.</param>
/// <param name="origin">Where the update came from; null if it came with the package.</param>
/// <returns>Whether to go on.</returns>
public delegate bool StoredRowVisitor(ulong key, ulong version, RowPrecision precision, ReadOnlySpan<byte> row, bool isDeleted, RowOrigin? origin);
