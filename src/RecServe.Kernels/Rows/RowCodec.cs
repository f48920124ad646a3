using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace RecServe.Kernels;

/// <summary>
/// Embedding rows to bytes and back. Decoding gives the same bits with every kernel: code · scale + bias in one rounding.
/// </summary>
public static unsafe partial class RowCodec
{
    /// <summary>Largest number of floats in a row.</summary>
    public const int MaxDim = 4096;

    /// <summary>Bytes of an encoded row.</summary>
    /// <param name="precision">How it is stored.</param>
    /// <param name="dim">Numbers in the row, 1…<see cref="MaxDim"/>.</param>
    public static int RowBytes(RowPrecision precision, int dim)
    {
        if (dim is < 1 or > MaxDim)
            throw new ArgumentOutOfRangeException(nameof(dim), dim, $"a row has 1 to {MaxDim} numbers");
        return precision switch
        {
            RowPrecision.Fp32 => Fp32Format.RowBytes(dim),
            RowPrecision.Fp16 => Fp16Format.RowBytes(dim),
            RowPrecision.Int8 => Int8Format.RowBytes(dim),
            RowPrecision.Int8Compact => Int8CompactFormat.RowBytes(dim),
            RowPrecision.Int4 => Int4Format.RowBytes(dim),
            RowPrecision.Int2 => Int2Format.RowBytes(dim),
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "not a row precision"),
        };
    }

    /// <summary>Decodes a row of values.Length numbers.</summary>
    public static void Decode(RowPrecision precision, ReadOnlySpan<byte> row, Span<float> values) =>
        Decode(RowKernel.Current, precision, row, values);

    internal static void Decode(RowKernel kernel, RowPrecision precision, ReadOnlySpan<byte> row, Span<float> values)
    {
        CheckLength(precision, row, values.Length);
        fixed (byte* source = row)
        fixed (float* target = values)
            kernel.Decode(precision, source, values.Length, target);
    }

    /// <summary>sum += weight · row: sum pooling, and mean pooling with weight 1/n.</summary>
    public static void DecodeAdd(RowPrecision precision, ReadOnlySpan<byte> row, float weight, Span<float> sum) =>
        DecodeAdd(RowKernel.Current, precision, row, weight, sum);

    internal static void DecodeAdd(RowKernel kernel, RowPrecision precision, ReadOnlySpan<byte> row, float weight, Span<float> sum)
    {
        CheckLength(precision, row, sum.Length);
        fixed (byte* source = row)
        fixed (float* target = sum)
            kernel.DecodeAdd(precision, source, sum.Length, target, weight);
    }

    /// <summary>max[i] = the larger of max[i] and the row's number i: max pooling, after the first row was decoded.</summary>
    public static void DecodeMax(RowPrecision precision, ReadOnlySpan<byte> row, Span<float> max) =>
        DecodeMax(RowKernel.Current, precision, row, max);

    internal static void DecodeMax(RowKernel kernel, RowPrecision precision, ReadOnlySpan<byte> row, Span<float> max)
    {
        CheckLength(precision, row, max.Length);
        fixed (byte* source = row)
        fixed (float* target = max)
            kernel.DecodeMax(precision, source, max.Length, target);
    }

    /// <summary>
    /// Whether the floats stored in a row (its numbers, or scale and bias) are finite. Decoding does not ask: 16-bit infinities and NaNs come out as
    /// large numbers. Rows from outside are checked with this first.
    /// </summary>
    public static bool IsFinite(RowPrecision precision, ReadOnlySpan<byte> row, int dim)
    {
        CheckLength(precision, row, dim);
        int stored = precision switch
        {
            RowPrecision.Fp32 or RowPrecision.Fp16 => row.Length,
            RowPrecision.Int8 => 2 * sizeof(float),
            RowPrecision.Int8Compact => sizeof(ushort),
            _ => 2 * sizeof(ushort),
        };
        bool wide = precision is RowPrecision.Fp32 or RowPrecision.Int8;
        for (ReadOnlySpan<byte> left = row[^stored..]; !left.IsEmpty; left = left[(wide ? sizeof(float) : sizeof(ushort))..])
        {
            if (!(wide ? float.IsFinite(BinaryPrimitives.ReadSingleLittleEndian(left)) : Half.IsFinite(BinaryPrimitives.ReadHalfLittleEndian(left))))
                return false;
        }

        return true;
    }

    /// <summary>Decodes many rows to consecutive vectors of <paramref name="dim"/> floats; the addresses are the caller's to vouch for.</summary>
    public static void DecodeRows(RowPrecision precision, int dim, in RowBatch rows, float* values) =>
        RowKernel.Current.DecodeRows(precision, dim, rows, values);

    /// <summary>
    /// Decodes many rows to consecutive vectors, and compares the 8 bytes at the start of each place, read before the row, with a key: each memory line is
    /// met once. The addresses are the caller's to vouch for.
    /// </summary>
    /// <param name="precision">How the rows are stored.</param>
    /// <param name="dim">Numbers of a row.</param>
    /// <param name="rows">The rows; the place's offset is 8 or more.</param>
    /// <param name="keys">The key expected at each row.</param>
    /// <param name="differences">Receives, for each row, 0 if its key stands there; else other bits.</param>
    /// <param name="values">Receives the rows; where another key stands, numbers without meaning.</param>
    /// <returns>0 if every row stands under its key.</returns>
    public static ulong DecodeKeyedRows(RowPrecision precision, int dim, in RowBatch rows, ulong* keys, ulong* differences, float* values) =>
        RowKernel.Current.DecodeKeyedRows(precision, dim, rows, keys, differences, values);

    /// <summary>
    /// Decodes many rows, row j to vector <paramref name="numbers"/>[j] of <paramref name="dim"/> floats; addresses and numbers are the caller's to vouch for.
    /// Rows to read ahead are not looked at: these rows are few, and asked for before.
    /// </summary>
    public static void DecodeScattered(RowPrecision precision, int dim, in RowBatch rows, int* numbers, float* values) =>
        RowKernel.Current.DecodeScattered(precision, dim, rows, numbers, values);

    /// <summary>The same by a kernel of choice and with every address checked.</summary>
    internal static void DecodeScattered(RowKernel kernel, RowPrecision precision, int dim, ReadOnlySpan<byte> memory, ReadOnlySpan<int> starts, RowPlace place,
        ReadOnlySpan<int> numbers, Span<float> values)
    {
        int rowBytes = RowBytes(precision, dim);
        ArgumentOutOfRangeException.ThrowIfNotEqual(numbers.Length, starts.Length);
        nint[] addresses = new nint[starts.Length];
        fixed (byte* start = memory)
        fixed (nint* address = addresses)
        fixed (int* number = numbers)
        fixed (float* target = values)
        {
            for (int j = 0; j < starts.Length; j++)
            {
                _ = memory.Slice(starts[j] + place.Offset, rowBytes);
                _ = values.Slice(numbers[j] * dim, dim);
                address[j] = (nint)(start + starts[j]);
            }

            kernel.DecodeScattered(precision, dim, new RowBatch(address, starts.Length, null, 0, place), number, target);
        }
    }

    /// <summary><see cref="DecodeRows(RowPrecision, int, in RowBatch, float*)"/> by a kernel of choice and with every address checked.</summary>
    /// <param name="kernel">What decodes.</param>
    /// <param name="precision">How the rows are stored.</param>
    /// <param name="dim">Numbers of a row.</param>
    /// <param name="memory">Holds the rows.</param>
    /// <param name="starts">Bytes from the start of <paramref name="memory"/> to each place, to decode from and to read ahead.</param>
    /// <param name="ahead">How many of the places to read ahead.</param>
    /// <param name="place">Where the row lies in a place.</param>
    /// <param name="values">Receives the rows one after another.</param>
    internal static void DecodeRows(RowKernel kernel, RowPrecision precision, int dim, ReadOnlySpan<byte> memory, ReadOnlySpan<int> starts, int ahead,
        RowPlace place, Span<float> values)
    {
        int rowBytes = RowBytes(precision, dim);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, starts.Length * dim);
        nint[] addresses = new nint[starts.Length];
        fixed (byte* start = memory)
        fixed (nint* address = addresses)
        fixed (float* target = values)
        {
            for (int j = 0; j < starts.Length; j++)
            {
                _ = memory.Slice(starts[j] + place.Offset, rowBytes);
                address[j] = (nint)(start + starts[j]);
            }

            kernel.DecodeRows(precision, dim, new RowBatch(address, starts.Length, address, ahead, place), target);
        }
    }

    /// <summary><see cref="DecodeKeyedRows(RowPrecision, int, in RowBatch, ulong*, ulong*, float*)"/> by a kernel of choice and with every address checked.</summary>
    internal static ulong DecodeKeyedRows(RowKernel kernel, RowPrecision precision, int dim, ReadOnlySpan<byte> memory, ReadOnlySpan<int> starts, int ahead,
        RowPlace place, ReadOnlySpan<ulong> keys, Span<ulong> differences, Span<float> values)
    {
        int rowBytes = RowBytes(precision, dim);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, starts.Length * dim);
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, starts.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(differences.Length, starts.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(place.Offset, sizeof(ulong));
        nint[] addresses = new nint[starts.Length];
        fixed (byte* start = memory)
        fixed (nint* address = addresses)
        fixed (ulong* key = keys)
        fixed (ulong* difference = differences)
        fixed (float* target = values)
        {
            for (int j = 0; j < starts.Length; j++)
            {
                _ = memory.Slice(starts[j] + place.Offset, rowBytes);
                address[j] = (nint)(start + starts[j]);
            }

            return kernel.DecodeKeyedRows(precision, dim, new RowBatch(address, starts.Length, address, ahead, place), key, difference, target);
        }
    }

    /// <summary>
    /// Decodes rows of an array by number to consecutive vectors of <paramref name="dim"/> floats; numbers and addresses are the caller's to vouch
    /// for. Reads ahead by <paramref name="distance"/> rows: 16 do not hide a memory access, 32 do.
    /// </summary>
    public static void DecodeIndexed(
        RowPrecision precision, int dim, in RowArray rows, ReadOnlySpan<int> numbers, int distance, float* values) =>
        RowKernel.Current.DecodeIndexed(precision, dim, rows, numbers, distance, values);

    private static void CheckLength(RowPrecision precision, ReadOnlySpan<byte> row, int dim)
    {
        int expected = RowBytes(precision, dim);
        if (row.Length != expected)
            ThrowArgument_RowLength(precision, dim, expected, row.Length);
    }

    [DoesNotReturn]
    private static void ThrowArgument_RowLength(RowPrecision precision, int dim, int expected, int actual) =>
        throw new ArgumentException($"a row of {dim} numbers in {precision} has {expected} bytes, not {actual}");
}
