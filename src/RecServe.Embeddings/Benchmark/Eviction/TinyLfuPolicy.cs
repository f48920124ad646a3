namespace RecServe.Embeddings;

/// <summary>
/// W-TinyLFU as Caffeine has it: a window of 1 % by LRU, the rest in two LRU segments, 80 % of it for keys asked for again; the window's last key comes in
/// if the sketch counted it more often than the key that would have to leave. 16 counters of 4 bits a key, every access counted, halved every 10 accesses
/// a key. Source: Einziger, Friedman, Manes, ACM TOS 13(4), 2017.
/// </summary>
internal sealed unsafe class TinyLfuPolicy : IEvictionPolicy
{
    private const byte Absent = 0, Window = 1, Probation = 2, Protected = 3;

    private readonly KeyLists _lists;
    private readonly byte[] _where;
    private readonly int[] _counts = new int[4];
    private readonly int _windowSize, _mainSize, _protectedSize;
    private readonly KeyHash _hash = new(1);
    private readonly NativeRegion _counters;
    private readonly FrequencySketch _sketch;

    public TinyLfuPolicy(int keys, int capacity)
    {
        (_lists, _where) = (new KeyLists(keys, 4), new byte[keys]);
        _windowSize = Math.Max(1, capacity / 100);
        _mainSize = capacity - _windowSize;
        _protectedSize = _mainSize * 8 / 10;
        long bytes = (8L * capacity + 63) & ~63L;
        _counters = new NativeRegion(bytes);
        _sketch = new FrequencySketch(_counters.Start, bytes, 10L * capacity);
    }

    public bool Access(int key)
    {
        _sketch.Add(_hash.Of((ulong)key));
        switch (_where[key])
        {
            case Window:
                Move(key, Window);
                return true;
            case Probation or Protected:
                Move(key, Protected);
                if (_counts[Protected] > _protectedSize)
                    Move(_lists.Last(Protected), Probation);
                return true;
            default:
                Move(key, Window);
                if (_counts[Window] > _windowSize)
                    LeaveWindow(_lists.Last(Window));
                return false;
        }
    }

    public void Dispose() => _counters.Dispose();

    private void LeaveWindow(int key)
    {
        if (_counts[Probation] + _counts[Protected] < _mainSize)
        {
            Move(key, Probation);
            return;
        }

        int victim = _counts[Probation] > 0 ? _lists.Last(Probation) : _lists.Last(Protected);
        if (_mainSize == 0 || Frequency(key) <= Frequency(victim))
        {
            Move(key, Absent);
            return;
        }

        Move(victim, Absent);
        Move(key, Probation);
    }

    private int Frequency(int key) => _sketch.Estimate(_hash.Of((ulong)key));

    private void Move(int key, byte to)
    {
        if (_where[key] != Absent)
        {
            _lists.Take(key);
            _counts[_where[key]]--;
        }

        _where[key] = to;
        if (to == Absent)
            return;
        _lists.PutFirst(to, key);
        _counts[to]++;
    }
}
