using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class CachedTable
{
    // A promotion that finds the writer busy looks so often, then gives up: the row stays below and is offered again.
    private const int PromoteTries = 10;

    /// <inheritdoc/>
    public long Stamp(ulong key)
    {
        int reader = _epochs.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            return _stamps.Of(_hash.Of(key));
        }
        finally
        {
            _epochs.Exit(reader);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The row has another length than rows of its precision.</exception>
    public bool Promote(ulong key, ulong version, RowPrecision precision, ReadOnlySpan<byte> row, long stamp)
    {
        if (row.Length != RowCodec.RowBytes(precision, Width))
            throw new ArgumentException($"a row of {Width} numbers in {precision} has {RowCodec.RowBytes(precision, Width)} bytes, not {row.Length}", nameof(row));
        SpinWait wait = default;
        for (int tries = 1; !_writer.TryEnter(); tries++)
        {
            if (tries == PromoteTries)
                return false;
            wait.SpinOnce(sleep1Threshold: -1);
        }

        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ulong hash = _hash.Of(key);
            if (_stamps.Of(hash) != stamp)
                return false;
            uint* entry = _index.Find(key, hash);
            if (entry is not null)
                return version <= _arena.VersionAt(*entry) || Replace(entry, hash, key, version, precision, row);
            _sketch.Add(hash);
            return Admit(hash, precision) && Insert(key, hash, version, precision, row);
        }
        finally
        {
            _writer.Exit();
        }
    }

    private bool Insert(ulong key, ulong hash, ulong version, RowPrecision precision, ReadOnlySpan<byte> row)
    {
        uint place = TakePlace(precision);
        if (place == 0)
            return false;
        Write(place, key, version, row);
        if (!_index.TryAdd(hash, place) && !(MakeRoom(hash) && _index.TryAdd(hash, place)))
        {
            // No reader has seen it.
            _arena.Retire(place, _epochs.Current);
            return false;
        }

        _arena.CountRow(precision, 1);
        return true;
    }
}
