using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The rows of one table in process memory. Any number of readers gather while one writer at a time applies updates; a reader sees a row as it was before or
/// after an update, never a mix, and never waits.
/// </summary>
public interface IHotRows : IDisposable
{
    /// <summary>Floats of a row.</summary>
    int Width { get; }

    /// <summary>Whether every row of the table is here: a key that is not found has no row.</summary>
    bool IsComplete { get; }

    /// <summary>Writes the rows of keys, one after another; a key that is not here gets the default row.</summary>
    /// <param name="keys">Row keys, any number, repeated or not.</param>
    /// <param name="values">keys.Length · <see cref="Width"/> floats.</param>
    /// <param name="found">Receives whether each key is here; empty, or keys.Length long.</param>
    /// <returns>How many of the keys are here.</returns>
    int Gather(ReadOnlySpan<ulong> keys, Span<float> values, Span<bool> found = default);

    /// <summary>
    /// Applies row deltas. A gather that begins after the call sees them all. A delta not newer than what is here is ignored. Rows that are not here stay away
    /// where <see cref="IsComplete"/> is false: the tier below has them.
    /// </summary>
    ApplyResult Apply(ReadOnlySpan<RowDelta> deltas);

    /// <summary>
    /// Many rows come before the table answers, as when a node reads back what its store has: what keeps look-ups of new rows fast is put off until <see cref="EndLoad"/>.
    /// </summary>
    void BeginLoad()
    {
    }

    /// <summary>Makes up for what <see cref="BeginLoad"/> put off.</summary>
    void EndLoad()
    {
    }

    /// <summary>How a key's row is stored, or null if it is not here.</summary>
    RowPrecision? PrecisionOf(ulong key);

    /// <summary>What to remember before a row is looked up below, for <see cref="Promote"/>.</summary>
    long Stamp(ulong key);

    /// <summary>
    /// Offers a row that a tier below had. It is taken if admission wants it and no update of its key was applied since the stamp, or an old row would
    /// stand here for ever.
    /// </summary>
    /// <returns>Whether it is here now.</returns>
    bool Promote(ulong key, ulong version, RowPrecision precision, ReadOnlySpan<byte> row, long stamp);

    /// <summary>Rows and memory held now; exact.</summary>
    HotRowBytes Measure();
}
