using System.Diagnostics;
using System.Numerics;
using FASTER.core;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// A peer for gathers: plain FASTER, all in memory, rows read one by one through its fastest kind of session, which holds the epoch for a whole batch and takes no
/// locks. It has neither versions nor checksums, so it is faster than a store of record can be.
/// </summary>
public sealed class FasterGather : IDisposable
{
    private readonly FasterKV<ulong, SpanByte> _rows;
    private readonly ClientSession<ulong, SpanByte, int, int, Empty, Functions> _session;
    private readonly Functions _functions = new();
    private readonly RowPrecision _precision;
    private readonly int _dim;

    /// <summary>Copies rows.</summary>
    /// <param name="keys">Row keys.</param>
    /// <param name="precision">How rows are encoded.</param>
    /// <param name="dim">Floats of a row.</param>
    /// <param name="rows">The encoded rows in the order of the keys.</param>
    public unsafe FasterGather(ReadOnlySpan<ulong> keys, RowPrecision precision, int dim, ReadOnlySpan<byte> rows)
    {
        (_precision, _dim) = (precision, dim);
        int rowBytes = RowCodec.RowBytes(precision, dim);
        long recordBytes = (8 + 8 + sizeof(int) + rowBytes + 7) & ~7;
        _rows = new FasterKV<ulong, SpanByte>(new FasterKVSettings<ulong, SpanByte>
        {
            LogDevice = new NullDevice(),
            PageSize = 1 << 22,

            // Memory is taken page by page as rows come, so the rest of the power of two costs nothing.
            MemorySize = (long)BitOperations.RoundUpToPowerOf2((ulong)(recordBytes * keys.Length * 9 / 8) + (16UL << 22)),
            MutableFraction = 0.9,

            // FASTER's advice: 64 bytes for two keys or more; 4 to 7 of them keep look-ups to one bucket.
            IndexSize = (long)BitOperations.RoundUpToPowerOf2((ulong)keys.Length * 64 / 5 + 512),
            EqualityComparer = new Comparer(),
            ConcurrencyControlMode = ConcurrencyControlMode.None,
        });
        _session = _rows.For(_functions).NewSession<Functions>();
        fixed (byte* first = rows)
        {
            for (int i = 0; i < keys.Length; i++)
            {
                ulong key = keys[i];
                SpanByte row = SpanByte.FromPointer(first + ((long)i * rowBytes), rowBytes);
                _session.Upsert(ref key, ref row);
            }
        }
    }

    /// <summary>Reads and decodes a batch and gives the nanoseconds a row.</summary>
    /// <param name="keys">Keys to read.</param>
    /// <param name="values">keys.Length rows of floats.</param>
    /// <exception cref="InvalidOperationException">A key has no row: the figure would be that of misses.</exception>
    public double NanosecondsPerRow(ReadOnlySpan<ulong> keys, Span<float> values)
    {
        int rowBytes = RowCodec.RowBytes(_precision, _dim), none = 0, missing = 0;
        long start = Stopwatch.GetTimestamp();
        var context = _session.UnsafeContext;
        context.BeginUnsafe();
        try
        {
            for (int i = 0; i < keys.Length; i++)
            {
                ulong key = keys[i];
                int length = 0;
                if (context.Read(ref key, ref none, ref length).Found)
                    RowCodec.Decode(_precision, _functions.Row.AsSpan(0, rowBytes), values.Slice(i * _dim, _dim));
                else
                    missing++;
            }
        }
        finally
        {
            context.EndUnsafe();
        }

        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / keys.Length;
        return missing == 0 ? nanoseconds : throw new InvalidOperationException($"{missing} of {keys.Length} keys have no row");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _rows.Dispose();
    }

    private sealed class Comparer : IFasterEqualityComparer<ulong>
    {
        public bool Equals(ref ulong k1, ref ulong k2) => k1 == k2;

        public long GetHashCode64(ref ulong k)
        {
            ulong hash = (k ^ (k >> 33)) * 0xFF51AFD7ED558CCD;
            return (long)(hash ^ (hash >> 33));
        }
    }

    private sealed class Functions : FunctionsBase<ulong, SpanByte, int, int, Empty>
    {
        public byte[] Row { get; } = new byte[4 * RowCodec.MaxDim];

        public override bool SingleReader(ref ulong key, ref int input, ref SpanByte value, ref int dst, ref ReadInfo readInfo) => Copy(ref value);

        public override bool ConcurrentReader(ref ulong key, ref int input, ref SpanByte value, ref int dst, ref ReadInfo readInfo) => Copy(ref value);

        public override bool SingleWriter(ref ulong key, ref int input, ref SpanByte src, ref SpanByte dst, ref int output, ref UpsertInfo upsertInfo, WriteReason reason) =>
            src.TryCopyTo(ref dst);

        public override bool ConcurrentWriter(ref ulong key, ref int input, ref SpanByte src, ref SpanByte dst, ref int output, ref UpsertInfo upsertInfo) =>
            src.TryCopyTo(ref dst);

        private bool Copy(ref SpanByte value)
        {
            value.AsReadOnlySpan().CopyTo(Row);
            return true;
        }
    }
}
