using System.Diagnostics.CodeAnalysis;

namespace RecServe.Embeddings;

/// <summary>
/// Rows that wait to be written, the newest of each key. A row stays until the server has confirmed it, so a look-up that finds nothing here reads
/// from the server what this node has written.
/// </summary>
internal sealed class WriteQueue(int maxRows, long maxBytes)
{
    // By their layout: a dictionary entry with its bucket (40 to 80 bytes as it grows), the waiting row (32), its place in the order (16 to 32), an array header (24).
    private const int RowOverhead = 160;

    private readonly Dictionary<RowId, Waiting> _rows = [];
    private readonly Queue<RowId> _order = new();
    private readonly Lock _gate = new();
    private long _bytes;
    private int _count;

    /// <summary>What became of an offered row.</summary>
    public enum Offer : byte
    {
        /// <summary>It waits.</summary>
        Queued,

        /// <summary>It waits in the place of an older row of its key.</summary>
        Coalesced,

        /// <summary>A row as new or newer waits already.</summary>
        Stale,

        /// <summary>The queue is full.</summary>
        Dropped,
    }

    /// <summary>Rows waiting or being written.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Their bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Adds a row.</summary>
    public Offer Put(in RowId id, ulong version, byte[] record)
    {
        lock (_gate)
        {
            if (_rows.TryGetValue(id, out Waiting? waiting))
            {
                if (version <= waiting.Version)
                    return Offer.Stale;
                _bytes += record.Length - waiting.Record.Length;
                (waiting.Version, waiting.Record) = (version, record);
                return Offer.Coalesced;
            }

            if (_count >= maxRows || _bytes + record.Length + RowOverhead > maxBytes)
                return Offer.Dropped;
            _rows.Add(id, new Waiting { Version = version, Record = record });
            _order.Enqueue(id);
            _bytes += record.Length + RowOverhead;
            _count++;
            return Offer.Queued;
        }
    }

    /// <summary>The record that waits for a key.</summary>
    public bool TryGet(in RowId id, [NotNullWhen(true)] out byte[]? record)
    {
        record = null;
        if (Count == 0)
            return false;
        lock (_gate)
        {
            record = _rows.TryGetValue(id, out Waiting? waiting) ? waiting.Record : null;
            return record is not null;
        }
    }

    /// <summary>Moves up to so many of the longest waiting rows to a list, with the version and record to write.</summary>
    public void Take(int most, List<(RowId Id, ulong Version, byte[] Record)> rows)
    {
        lock (_gate)
        {
            for (; most > 0 && _order.TryDequeue(out RowId id); most--)
            {
                Waiting waiting = _rows[id];
                rows.Add((id, waiting.Version, waiting.Record));
            }
        }
    }

    /// <summary>Says that a taken row was written; a newer one that came meanwhile waits again.</summary>
    public void Confirm(in RowId id, ulong version)
    {
        lock (_gate)
        {
            Waiting waiting = _rows[id];
            if (waiting.Version != version)
            {
                _order.Enqueue(id);
                return;
            }

            _rows.Remove(id);
            _bytes -= waiting.Record.Length + RowOverhead;
            _count--;
        }
    }

    /// <summary>Says that a taken row was not written: it waits again.</summary>
    public void Return(in RowId id)
    {
        lock (_gate)
            _order.Enqueue(id);
    }

    private sealed class Waiting
    {
        public ulong Version;
        public required byte[] Record;
    }
}
