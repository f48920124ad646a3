using System.Runtime.Intrinsics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>The yardstick: encoded rows in an array, found by number.</summary>
internal sealed unsafe class DenseRows : IDisposable
{
    private readonly NativeRegion _region;
    private readonly RowPrecision _precision;
    private readonly int _dim;

    public DenseRows(RowPrecision precision, int dim, int rowBytes, ReadOnlySpan<byte> rows, int stride)
    {
        int count = rows.Length / rowBytes;
        (_precision, _dim, Stride) = (precision, dim, stride);
        _region = new NativeRegion((long)count * stride + Prefetch.Line);
        for (int i = 0; i < count; i++)
            rows.Slice(i * rowBytes, rowBytes).CopyTo(new Span<byte>(_region.Start + (long)i * stride, rowBytes));
        Place = new RowPlace(0, stride, stride % Prefetch.Line == 0 || Prefetch.Line % stride == 0);
    }

    /// <summary>Bytes from a row to the next.</summary>
    public int Stride { get; }

    private RowPlace Place { get; }

    public void Gather(ReadOnlySpan<int> numbers, int distance, Span<float> values)
    {
        fixed (float* target = values)
            RowCodec.DecodeIndexed(_precision, _dim, new RowArray(_region.Start, Place), numbers, distance, target);
    }

    /// <summary>Reads the memory lines that the rows stand in and writes as many bytes as decoding would, without decoding.</summary>
    public void CopyLines(ReadOnlySpan<int> numbers, int distance, Span<float> values)
    {
        int lines = Math.Max(1, _dim * sizeof(float) / Prefetch.Line), read = Math.Max(1, (Stride + Prefetch.Line - 1) / Prefetch.Line);
        fixed (float* target = values)
        {
            byte* to = (byte*)target;
            for (int j = 0; j < numbers.Length; j++, to += _dim * sizeof(float))
            {
                if (j + distance < numbers.Length)
                    Prefetch.Read(_region.Start + (long)numbers[j + distance] * Stride, Stride, Place.IsAligned);
                byte* from = (byte*)((nint)(_region.Start + (long)numbers[j] * Stride) & ~(Prefetch.Line - 1));
                for (int line = 0; line < lines; line++)
                {
                    var vector = Vector512.Load(from + line % read * Prefetch.Line);
                    if (_dim * sizeof(float) >= Prefetch.Line)
                        vector.Store(to + line * Prefetch.Line);
                    else
                        *(float*)to = vector.AsSingle()[0];
                }
            }
        }
    }

    public void Dispose() => _region.Dispose();
}
