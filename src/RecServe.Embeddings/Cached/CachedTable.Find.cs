using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class CachedTable
{
    /// <inheritdoc/>
    public RowPrecision? PrecisionOf(ulong key)
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            uint* entry = _index.Find(key, _hash.Of(key));
            return entry is null ? null : _arena.PrecisionAt(_arena.Address(*entry));
        }
    }
}
