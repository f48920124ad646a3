using System.Runtime.InteropServices;
using FASTER.core;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Changes that are under way together, with the memory that they point to. A second change of a key that waits for the disk waits until the first is complete, so
/// that a batch counts as if it were applied one by one.
/// </summary>
internal sealed unsafe class WriteBatch : IDisposable
{
    /// <summary>Changes of a batch: bounds the reads that wait for the disk together.</summary>
    public const int Capacity = 1024;

    private const int PayloadBytes = 1 << 20;

    private readonly HashSet<RowKey> _pending = [];
    private readonly bool[] _isDeletion = new bool[Capacity];
    private byte* _payload = (byte*)NativeMemory.AlignedAlloc(PayloadBytes, 64);
    private int _used;

    public WriteBatch(FasterKV<RowKey, SpanByte> log)
    {
        Session = new RowSession(log);
        Session.Functions.Outcomes = new ChangeOutcome[Capacity];
    }

    public RowSession Session { get; }

    /// <summary>Changes begun since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a change with so many bytes must wait for the next batch.</summary>
    public bool IsFull(int payloadBytes) => Count == Capacity || PayloadBytes - _used < payloadBytes;

    public void Clear() => (Count, _used) = (0, 0);

    /// <summary>What became of a change; after <see cref="Complete"/>.</summary>
    public ref readonly ChangeOutcome Outcome(int index) => ref Session.Functions.Outcomes[index];

    public bool IsDeletion(int index) => _isDeletion[index];

    /// <summary>Begins a change.</summary>
    public void Add(RowKey key, ChangeKind kind, ulong version, RowPrecision precision, int width, ReadOnlySpan<byte> payload, in RowOrigin? origin)
    {
        if (_pending.Count > 0 && _pending.Contains(key))
            Complete();
        payload.CopyTo(new Span<byte>(_payload + _used, payload.Length));
        var change = new RowChange
        {
            Index = Count,
            Version = version,
            Kind = kind,
            Precision = precision,
            Width = width,
            Payload = _payload + _used,
            PayloadBytes = payload.Length,
            Origin = origin,
        };
        Session.Functions.Outcomes[Count] = default;
        _isDeletion[Count] = kind == ChangeKind.Deletion;
        Count++;

        // Floats are read as floats.
        _used += (payload.Length + 7) & ~7;
        if (Session.Change(key, ref change))
            _pending.Add(key);
    }

    /// <summary>Waits for the changes that wait for the disk.</summary>
    public void Complete()
    {
        if (_pending.Count == 0)
            return;
        Session.Complete();
        _pending.Clear();
    }

    public void Dispose()
    {
        Session.Dispose();
        NativeMemory.AlignedFree(_payload);
        _payload = null;
    }
}
