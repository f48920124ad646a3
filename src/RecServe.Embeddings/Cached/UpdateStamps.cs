namespace RecServe.Embeddings;

/// <summary>
/// Counts updates by key, several keys to a counter: whoever looks a row up below notes the count before, and offers the row only if it is still the
/// same. Like the leases of memcached (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013), but without a place for each key.
/// </summary>
internal sealed unsafe class UpdateStamps(long* counters, int count)
{
    /// <summary>The count of a key's hash.</summary>
    public long Of(ulong hash) => Volatile.Read(ref counters[Place(hash)]);

    /// <summary>Notes an update.</summary>
    public void Touch(ulong hash) => Volatile.Write(ref counters[Place(hash)], counters[Place(hash)] + 1);

    private uint Place(ulong hash) => (uint)((ulong)(uint)hash * (uint)count >> 32);
}
