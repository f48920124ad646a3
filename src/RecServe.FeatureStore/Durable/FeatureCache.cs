using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// The rows that are asked for, in process memory within a budget, and ids that are known to have none. What was not asked for since it was last looked at goes first (a queue with
/// a second chance), so a crowd of ids that come once leaves again without those that come often.
/// <para>
/// A row read from the store below is taken in only if no change of its key came between: readers take a stamp before they read below. A key's stamp moves when a change begins to
/// be written and holds every promotion off until the change is here too.
/// </para>
/// </summary>
internal sealed class FeatureCache(long maxBytes)
{
    /// <summary>Bytes of an entry beside its id and row: that of <see cref="IdTable{T}"/>, the cell, its place in the queue.</summary>
    private const int CellBytes = IdTable<Cell>.EntryBytes + 56;

    private const int Stripes = 4096;
    private const long Writing = 1L << 62;

    private readonly IdTable<Cell> _cells = new();
    private readonly Queue<Cell> _byAge = new();
    private readonly long[] _stamps = new long[Stripes];
    private readonly Lock _change = new();
    private long _bytes, _rows;
    private int _gone;

    /// <summary>Bytes and rows held.</summary>
    public (long Bytes, long Rows) Measure()
    {
        lock (_change)
            return (_bytes, _rows);
    }

    /// <summary>Cells in the queue, those that have left the table included.</summary>
    internal int Queued
    {
        get
        {
            lock (_change)
                return _byAge.Count;
        }
    }

    /// <summary>Whether the cache knows an id: its row, or null where it has none. Takes no lock.</summary>
    public bool TryGet(FieldSide entity, ReadOnlySpan<byte> id, out FeatureRow? row)
    {
        if (!_cells.TryGet(entity, id, out Cell? cell))
        {
            row = null;
            return false;
        }

        // Written where it changes alone, so that the line of a row that all threads read stays with all of them.
        if (!cell!.WasAsked)
            cell.WasAsked = true;
        row = cell.Row;
        return true;
    }

    /// <summary>What to remember before a key is looked up below.</summary>
    public long Stamp(ulong key) => Volatile.Read(ref _stamps[key % Stripes]);

    /// <summary>Takes over what was found below.</summary>
    /// <param name="entity">Whose.</param>
    /// <param name="id">Id in UTF-8.</param>
    /// <param name="key">Its key below.</param>
    /// <param name="row">The row; null where there is none.</param>
    /// <param name="version">Of the row or the deletion; 0 where there is neither.</param>
    /// <param name="stamp">What <see cref="Stamp"/> said before.</param>
    public void Promote(FieldSide entity, ReadOnlySpan<byte> id, ulong key, FeatureRow? row, ulong version, long stamp)
    {
        if (maxBytes == 0)
            return;
        lock (_change)
        {
            if ((stamp & Writing) != 0 || _stamps[key % Stripes] != stamp || _cells.TryGet(entity, id, out _))
                return;
            var cell = new Cell(entity, id.ToArray()) { Row = row, Version = version };
            _cells.Set(entity, cell.Id, cell);
            _byAge.Enqueue(cell);
            Weigh(cell, 1);
            Evict();
        }
    }

    /// <summary>Says that a change of a key begins to be written below; <see cref="End"/> or <see cref="Fail"/> follows.</summary>
    public void Begin(ulong key)
    {
        lock (_change)
            _stamps[key % Stripes] |= Writing;
    }

    /// <summary>Says that the change is written below.</summary>
    /// <param name="key">Its key below.</param>
    /// <param name="row">The row or deletion that counts now.</param>
    public void End(ulong key, FeatureRow row)
    {
        lock (_change)
        {
            Move(key);
            if (!_cells.TryGet(row.Entity, row.Id, out Cell? cell) || row.Version <= cell!.Version)
                return;
            Weigh(cell, -1);
            (cell.Version, cell.Row) = (row.Version, row.IsDeletion ? null : row);
            Weigh(cell, 1);
            Evict();
        }
    }

    /// <summary>Says that the change may be written below or not: what is here of it goes, so that the next look-up asks below.</summary>
    /// <param name="key">Its key below.</param>
    /// <param name="row">The row or deletion that was to be written.</param>
    public void Fail(ulong key, FeatureRow row)
    {
        lock (_change)
        {
            Move(key);
            if (!_cells.TryGet(row.Entity, row.Id, out Cell? cell))
                return;
            Weigh(cell!, -1);
            cell!.IsGone = true;
            _cells.Remove(cell.Entity, cell.Id);
            if (++_gone > _byAge.Count / 2)
                Sweep();
        }
    }

    private void Move(ulong key)
    {
        ref long stamp = ref _stamps[key % Stripes];
        if ((stamp & Writing) != 0)
            stamp = (stamp & ~Writing) + 1;
    }

    private void Weigh(Cell cell, int sign)
    {
        _bytes += sign * (CellBytes + cell.Id.Length + (cell.Row?.Bytes.Length ?? 0));
        _rows += cell.Row is null ? 0 : sign;
    }

    private void Evict()
    {
        while (_bytes > maxBytes)
        {
            Cell oldest = _byAge.Dequeue();
            if (oldest.IsGone)
            {
                _gone--;
                continue;
            }

            if (oldest.WasAsked)
            {
                oldest.WasAsked = false;
                _byAge.Enqueue(oldest);
                continue;
            }

            _cells.Remove(oldest.Entity, oldest.Id);
            Weigh(oldest, -1);
        }
    }

    /// <summary>Cells that have left the table leave the queue: changes that fail again and again, beside a budget that is never reached, would fill it.</summary>
    private void Sweep()
    {
        for (int left = _byAge.Count; left > 0; left--)
        {
            if (_byAge.Dequeue() is { IsGone: false } cell)
                _byAge.Enqueue(cell);
        }

        _gone = 0;
    }

    private sealed class Cell(FieldSide entity, byte[] id)
    {
        private volatile FeatureRow? _row;
        private volatile bool _wasAsked;

        public FieldSide Entity => entity;

        public byte[] Id => id;

        public FeatureRow? Row
        {
            get => _row;
            set => _row = value;
        }

        /// <summary>Whether somebody asked since the cell was last the oldest.</summary>
        public bool WasAsked
        {
            get => _wasAsked;
            set => _wasAsked = value;
        }

        // Under the lock alone, as whether the cell has left the table while it stands in the queue.
        public ulong Version { get; set; }

        public bool IsGone { get; set; }
    }
}
