using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class CachedTable
{
    // Deltas applied under one hold of the lock: promotions come in between.
    private const int ApplyGroup = 64;

    private readonly byte[] _encoded;
    private readonly float[] _decoded;

    /// <inheritdoc/>
    /// <remarks>
    /// The tiers below must have the deltas before this is called: a row that is looked up below after the call, and promoted, must be the new one.
    /// Floats are stored in the precision that the key's row has; encoded rows as they come. A delta whose key is not here counts as stale. If there is no
    /// free place for a new row while readers hold the old ones, the row leaves: the tier below has it.
    /// </remarks>
    public ApplyResult Apply(ReadOnlySpan<RowDelta> deltas)
    {
        ulong* hashes = stackalloc ulong[ApplyGroup];
        int applied = 0, refused = 0, firstRefused = -1;
        ApplyRefusal firstRefusal = ApplyRefusal.None;
        for (int first = 0; first < deltas.Length; first += ApplyGroup)
        {
            ReadOnlySpan<RowDelta> group = deltas.Slice(first, Math.Min(ApplyGroup, deltas.Length - first));
            lock (_writer)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                _arena.Settle(_epochs.Oldest());
                NotePrecisions();
                for (int i = 0; i < group.Length; i++)
                {
                    hashes[i] = _hash.Of(group[i].Key);
                    Prefetch.Read(_index.First(hashes[i]));
                }

                for (int i = 0; i < group.Length; i++)
                {
                    _stamps.Touch(hashes[i]);
                    ApplyRefusal refusal = Apply(group[i], hashes[i], out bool changed);
                    applied += changed ? 1 : 0;
                    if (refusal != ApplyRefusal.None && refused++ == 0)
                        (firstRefused, firstRefusal) = (first + i, refusal);
                }

                _epochs.Advance();
            }
        }

        return new ApplyResult(applied, deltas.Length - applied - refused, refused, firstRefused, firstRefusal);
    }

    private ApplyRefusal Apply(in RowDelta delta, ulong hash, out bool changed)
    {
        changed = false;
        uint* entry = _index.Find(delta.Key, hash);
        if (entry is null || delta.Version <= _arena.VersionAt(*entry))
            return ApplyRefusal.None;
        if (delta.IsDeletion)
        {
            changed = true;
            Remove(entry, hash);
            return ApplyRefusal.None;
        }

        ApplyRefusal refusal = RowDeltaNumbers.Read(delta, Width, _decoded, out ReadOnlySpan<float> numbers);
        RowPrecision precision = delta.Precision;
        ReadOnlySpan<byte> row = delta.Encoded.Span;
        if (refusal == ApplyRefusal.None && !delta.Values.IsEmpty)
        {
            precision = _arena.PrecisionAt(_arena.Address(*entry));
            row = _encoded.AsSpan(0, _arena[precision].RowBytes);
            refusal = RowDeltaNumbers.Refusal(RowCodec.Encode(precision, numbers, _encoded.AsSpan(0, row.Length)).Fault);
        }

        if (refusal != ApplyRefusal.None)
            return refusal;
        changed = true;
        Replace(entry, hash, delta.Key, delta.Version, precision, row);
        return ApplyRefusal.None;
    }

    /// <summary>Points a key's entry at a new row; without a place for it, ends the entry.</summary>
    private bool Replace(uint* entry, ulong hash, ulong key, ulong version, RowPrecision precision, ReadOnlySpan<byte> row)
    {
        uint place = TakePlace(precision);
        if (place == 0)
        {
            Remove(entry, hash);
            return false;
        }

        Write(place, key, version, row);
        uint old = *entry;
        Volatile.Write(ref *entry, place);
        _arena.CountRow(precision, 1);
        Retire(old);
        return true;
    }

    private void Remove(uint* entry, ulong hash)
    {
        uint place = *entry;
        _index.Remove(entry, hash);
        Retire(place);
    }

    private void Retire(uint place)
    {
        _arena.CountRow(_arena.PrecisionAt(_arena.Address(place)), -1);
        _arena.Retire(place, _epochs.Current);
    }

    private void Write(uint place, ulong key, ulong version, ReadOnlySpan<byte> row)
    {
        byte* slot = _arena.Address(place);
        *(ulong*)slot = key;
        row.CopyTo(new Span<byte>(slot + RowLayout.KeyBytes, row.Length));
        _arena.VersionAt(place) = version;
    }
}
