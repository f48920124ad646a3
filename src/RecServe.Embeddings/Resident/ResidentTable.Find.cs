using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class ResidentTable
{
    /// <inheritdoc/>
    public RowPrecision? PrecisionOf(ulong key)
    {
        Span<float> row = Dim <= 256 ? stackalloc float[256] : new float[Dim];
        return Gather(new ReadOnlySpan<ulong>(in key), row[..Dim]) == 1 ? Precision : null;
    }

    /// <summary>What is known of a key: the version of its row, or of its deletion; null if it was never here.</summary>
    internal (ulong Version, bool IsDeleted)? Known(ulong key)
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ulong hash = _directory.Hash.Of(key);
            TablePart part = _directory.PartOf(hash);
            int number = part.Delta.Find(key, hash), slot = part.SlotOf(hash);
            if (number > 0)
                return (part.Delta[number].Version, false);
            if (part.KeyAt(slot) == key)
                return (part.VersionAt(slot), false);
            return part.Delta.IsDeleted(key, out ulong version) ? (version, true) : null;
        }
    }
}
