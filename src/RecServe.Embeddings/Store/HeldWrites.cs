namespace RecServe.Embeddings;

/// <summary>
/// Log pages that the disk did not take, kept in order until it does. As long as there are any, later writes stand behind them, so that none overtakes an
/// older one of the same place; reads see them. No more than the pages in flight come here, because the store takes no updates meanwhile.
/// </summary>
internal sealed class HeldWrites
{
    private readonly List<(int Segment, long Offset, byte[] Bytes)> _writes = [];
    private volatile int _count;

    public bool Any => _count > 0;

    public void Add(int segment, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_writes)
        {
            _writes.Add((segment, offset, bytes.ToArray()));
            _count = _writes.Count;
        }
    }

    /// <summary>Puts what is held of a range over what was read.</summary>
    public void Overlay(int segment, long offset, Span<byte> read)
    {
        if (!Any)
            return;
        lock (_writes)
        {
            foreach ((int heldSegment, long heldOffset, byte[] bytes) in _writes)
            {
                long from = Math.Max(offset, heldOffset), to = Math.Min(offset + read.Length, heldOffset + bytes.Length);
                if (heldSegment == segment && from < to)
                    bytes.AsSpan((int)(from - heldOffset), (int)(to - from)).CopyTo(read[(int)(from - offset)..]);
            }
        }
    }

    /// <summary>Writes them again, oldest first, and stops at the first that fails by letting its exception out.</summary>
    public void WriteAll(Action<int, long, byte[]> write)
    {
        lock (_writes)
        {
            int done = 0;
            try
            {
                for (; done < _writes.Count; done++)
                    write(_writes[done].Segment, _writes[done].Offset, _writes[done].Bytes);
            }
            finally
            {
                _writes.RemoveRange(0, done);
                _count = _writes.Count;
            }
        }
    }
}
