using FASTER.core;

namespace RecServe.Embeddings;

/// <summary>A row of any table of the node: 16 bytes in the log, the table first.</summary>
internal readonly record struct RowKey(ulong Table, ulong Key);

/// <summary>How the store's index hashes and compares keys.</summary>
internal sealed class RowKeyComparer : IFasterEqualityComparer<RowKey>
{
    /// <summary>
    /// Tables are the first bits of a SHA-256 and keys are hashes, yet neither may be relied on: two multiplications with folds between bring every bit
    /// to the low bits, which choose the bucket, and to the high ones, which are the tag (MurmurHash3's finalizer).
    /// </summary>
    public long GetHashCode64(ref RowKey k)
    {
        ulong hash = k.Key + (k.Table * 0x9E3779B97F4A7C15);
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return (long)(hash ^ (hash >> 33));
    }

    public bool Equals(ref RowKey k1, ref RowKey k2) => k1 == k2;
}
