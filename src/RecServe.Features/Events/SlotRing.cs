using System.Numerics;

namespace RecServe.Features;

/// <summary>
/// Counts of the newest slots of a window: a ring of cells, one for each slot that has events, by slot. What it holds depends on the events alone, not on their order.
/// At most <paramref name="slots"/> cells; adding is O(1) where events come about in order.
/// </summary>
/// <param name="slots">Slots of the window.</param>
/// <param name="counters">Counters of a cell.</param>
internal sealed class SlotRing(int slots, int counters)
{
    // A cell is the slot's number and its counts.
    private readonly int _stride = counters + 1;
    private readonly long[] _totals = new long[counters];
    private int[] _cells = new int[2 * (counters + 1)];
    private int _start;

    /// <summary>Cells in use.</summary>
    public int Count { get; private set; }

    private int Capacity => _cells.Length / _stride;

    /// <summary>The slot of a cell, 0 the oldest.</summary>
    public int SlotAt(int cell) => _cells[Place(cell)];

    /// <summary>One count of a cell, 0 the oldest.</summary>
    public int CountAt(int cell, int counter) => _cells[Place(cell) + 1 + counter];

    /// <summary>Counts events of a slot. One that is out of every window to be read from now on is passed over.</summary>
    public void Add(int slot, int counter, int events = 1)
    {
        if (Count > 0 && slot <= SlotAt(Count - 1) - slots)
            return;
        int cell = Count;
        while (cell > 0 && SlotAt(cell - 1) > slot)
            cell--;
        if (cell == 0 || SlotAt(cell - 1) != slot)
            Insert(cell, slot);
        else
            cell--;

        _cells[Place(cell) + 1 + counter] += events;
        _totals[counter] += events;
        Trim();
    }

    /// <summary>Events of a window that ends in a slot, which must not be before the newest one.</summary>
    public long Read(int slot, int counter)
    {
        long total = _totals[counter];
        for (int cell = 0; cell < Count && SlotAt(cell) <= slot - slots; cell++)
            total -= CountAt(cell, counter);
        return total;
    }

    private void Insert(int cell, int slot)
    {
        if (Count == Capacity)
            Grow();
        for (int moved = Count++; moved > cell; moved--)
            _cells.AsSpan(Place(moved - 1), _stride).CopyTo(_cells.AsSpan(Place(moved), _stride));
        Span<int> inserted = _cells.AsSpan(Place(cell), _stride);
        inserted.Clear();
        inserted[0] = slot;
    }

    private void Trim()
    {
        int oldest = SlotAt(Count - 1) - slots;
        while (SlotAt(0) <= oldest)
        {
            for (int counter = 0; counter < counters; counter++)
                _totals[counter] -= CountAt(0, counter);
            _start = (_start + 1) & (Capacity - 1);
            Count--;
        }
    }

    // A power of two of cells; one more than the window's slots are in use while a new one pushes the oldest out.
    private void Grow()
    {
        var cells = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Capacity + 1) * _stride];
        for (int cell = 0; cell < Count; cell++)
            _cells.AsSpan(Place(cell), _stride).CopyTo(cells.AsSpan(cell * _stride));
        (_cells, _start) = (cells, 0);
    }

    private int Place(int cell) => ((_start + cell) & (Capacity - 1)) * _stride;
}
