using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The quantized rows of one table in native memory, found by 64-bit key through one memory line each. Any number of readers gather while one
/// writer at a time applies updates; a reader sees a row as it was before or after an update, never a mix, and never waits.
/// </summary>
/// <remarks>
/// Pilot table with the rows in place: one pilot byte for a bucket of 3 to 4 keys makes the slots of a part free of collisions, so a look-up
/// computes its slot from a pilot that is in cache, reads the slot, and the key that stands there says whether it is the row. New and changed
/// rows stand in a small delta beside the part, reached when the key does not match, until they are folded in.
/// </remarks>
public sealed unsafe partial class ResidentTable : IHotRows
{
    private readonly RowLayout _layout;
    private readonly TableBuilder _builder;
    private readonly ReaderEpochs _epochs = new();
    private readonly float[] _missing, _default;
    private PartDirectory _directory;
    private bool _disposed;

    /// <summary>Builds a table.</summary>
    /// <param name="options">Precision, row length and what answers for keys without a row.</param>
    /// <param name="keys">Keys of the rows, each once.</param>
    /// <param name="rows">The encoded rows one after another, in the order of <paramref name="keys"/>.</param>
    /// <exception cref="ArgumentException">A key appears twice, or the lengths do not fit together; the message says which.</exception>
    public ResidentTable(ResidentTableOptions options, ReadOnlySpan<ulong> keys, ReadOnlySpan<byte> rows)
        : this(options, keys, ref MemoryMarshal.GetReference(rows), rows.Length)
    {
    }

    /// <summary>Builds a table of fp32 rows that may be more bytes than a span of bytes holds.</summary>
    internal ResidentTable(ResidentTableOptions options, ReadOnlySpan<ulong> keys, ReadOnlySpan<float> rows)
        : this(options, keys, ref Unsafe.As<float, byte>(ref MemoryMarshal.GetReference(rows)), 4L * rows.Length)
    {
    }

    private ResidentTable(ResidentTableOptions options, ReadOnlySpan<ulong> keys, ref byte rows, long bytes)
    {
        _layout = new RowLayout(options.Precision, options.Dim);
        if (bytes != (long)keys.Length * _layout.RowBytes)
            throw new ArgumentException($"{keys.Length} rows of {_layout.RowBytes} bytes need {(long)keys.Length * _layout.RowBytes} bytes, not {bytes}", nameof(rows));
        (_encoded, _decoded) = (new byte[_layout.RowBytes], new float[options.Dim]);
        _default = Answer(options.Default, nameof(options.Default));
        _missing = options.Missing.Length == 0 ? _default : Answer(options.Missing, nameof(options.Missing));
        _builder = new TableBuilder(_layout);
        fixed (ulong* key = keys)
        fixed (byte* row = &rows)
            _directory = _builder.Build(new RowSource(key, null, row, null, _layout.RowBytes, keys.Length), options.Seed);
        (_depth, _size) = (_directory.Depth, _directory.Parts[0].Descriptor.Size);
    }

    /// <summary>How rows are stored.</summary>
    public RowPrecision Precision => _layout.Precision;

    /// <summary>Floats of a row.</summary>
    public int Dim => _layout.Dim;

    /// <summary>Bytes of all tables' native memory that is not given back: 0 when every table has been disposed of.</summary>
    public static long LiveNativeBytes => NativeRegion.LiveBytes;

    /// <summary>Gathers that are under way: in a test's teardown, 0.</summary>
    public bool HasReaders => _epochs.HasReaders;

    /// <inheritdoc/>
    public bool IsComplete => true;

    int IHotRows.Width => Dim;

    internal PartDirectory Directory => Volatile.Read(ref _directory);

    internal ReaderEpochs Epochs => _epochs;

    /// <summary>Rows and bytes held now; exact, and taken beside the writer.</summary>
    public ResidentBytes Measure()
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            long rows = 0, slotBytes = 0, deltaRows = 0, deltaBytes = 0;
            foreach (TablePart part in _directory.Distinct())
            {
                rows += part.Rows;
                slotBytes += part.Bytes;
                deltaRows += part.Delta.Rows;
                deltaBytes += part.Delta.Bytes;
            }

            long retired = 0;
            foreach ((TablePart part, _) in _retired)
                retired += part.Bytes;
            return new ResidentBytes(rows + deltaRows, deltaRows, (rows + deltaRows) * _layout.RowBytes,
                slotBytes + _builder.Pilots.Bytes + deltaBytes + _directory.Bytes, deltaBytes, retired);
        }
    }

    /// <summary>Nothing has to be remembered: an older row is refused by its version, which stands beside every row.</summary>
    long IHotRows.Stamp(ulong key) => 0;

    /// <inheritdoc/>
    bool IHotRows.Promote(ulong key, ulong version, RowPrecision precision, ReadOnlySpan<byte> row, long stamp)
    {
        RowDelta delta = RowDelta.OfEncoded(key, version, precision, row.ToArray());
        return Apply(new ReadOnlySpan<RowDelta>(in delta)).Applied == 1;
    }

    HotRowBytes IHotRows.Measure()
    {
        ResidentBytes bytes = Measure();
        return new HotRowBytes(bytes.Rows == 0 ? [] : [(Precision, bytes.Rows, bytes.Payload)], bytes.Total + bytes.Retired);
    }

    /// <summary>Gives the memory back once the gathers under way have ended. Gathers that begin later are refused.</summary>
    public void Dispose()
    {
        lock (_writer)
        {
            if (_disposed)
                return;
            _disposed = true;
            WaitForReaders(_epochs.Advance());
            foreach (TablePart part in _directory.Distinct())
                part.Dispose();
            while (_retired.TryDequeue(out var retired))
                retired.Part.Dispose();
        }
    }

    private float[] Answer(ReadOnlyMemory<float> row, string name)
    {
        if (row.Length != 0 && row.Length != Dim)
            throw new ArgumentException($"{name} has {row.Length} floats; rows have {Dim}");

        // Pinned: gathers copy from its address.
        float[] answer = GC.AllocateArray<float>(Dim, pinned: true);
        row.Span.CopyTo(answer);
        return answer;
    }
}
