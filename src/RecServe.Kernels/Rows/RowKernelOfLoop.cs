using System.Runtime.CompilerServices;

namespace RecServe.Kernels;

/// <summary>Compiles a loop for every format and sink, and picks among them.</summary>
/// <typeparam name="TLoop">The loop's register width.</typeparam>
internal sealed unsafe class RowKernel<TLoop> : RowKernel
    where TLoop : struct, IRowLoop
{
    public override string Name => TLoop.Name;

    public override bool IsSupported => TLoop.IsSupported;

    public override void Decode(RowPrecision precision, byte* row, int dim, float* values) =>
        Run<StoreSink>(precision, row, dim, values, 0);

    public override void DecodeAdd(RowPrecision precision, byte* row, int dim, float* values, float weight) =>
        Run<AddSink>(precision, row, dim, values, weight);

    public override void DecodeMax(RowPrecision precision, byte* row, int dim, float* values) =>
        Run<MaxSink>(precision, row, dim, values, 0);

    public override void DecodeRows(RowPrecision precision, int dim, in RowBatch rows, float* values)
    {
        switch (precision)
        {
            case RowPrecision.Fp32: DecodeRows<Fp32Format>(dim, rows, values); break;
            case RowPrecision.Fp16: DecodeRows<Fp16Format>(dim, rows, values); break;
            case RowPrecision.Int8: DecodeRows<Int8Format>(dim, rows, values); break;
            case RowPrecision.Int8Compact: DecodeRows<Int8CompactFormat>(dim, rows, values); break;
            case RowPrecision.Int4: DecodeRows<Int4Format>(dim, rows, values); break;
            default: DecodeRows<Int2Format>(dim, rows, values); break;
        }
    }

    public override ulong DecodeKeyedRows(RowPrecision precision, int dim, in RowBatch rows, ulong* keys, ulong* differences, float* values) => precision switch
    {
        RowPrecision.Fp32 => DecodeKeyedRows<Fp32Format>(dim, rows, keys, differences, values),
        RowPrecision.Fp16 => DecodeKeyedRows<Fp16Format>(dim, rows, keys, differences, values),
        RowPrecision.Int8 => DecodeKeyedRows<Int8Format>(dim, rows, keys, differences, values),
        RowPrecision.Int8Compact => DecodeKeyedRows<Int8CompactFormat>(dim, rows, keys, differences, values),
        RowPrecision.Int4 => DecodeKeyedRows<Int4Format>(dim, rows, keys, differences, values),
        _ => DecodeKeyedRows<Int2Format>(dim, rows, keys, differences, values),
    };

    public override void DecodeScattered(RowPrecision precision, int dim, in RowBatch rows, int* numbers, float* values)
    {
        switch (precision)
        {
            case RowPrecision.Fp32: DecodeScattered<Fp32Format>(dim, rows, numbers, values); break;
            case RowPrecision.Fp16: DecodeScattered<Fp16Format>(dim, rows, numbers, values); break;
            case RowPrecision.Int8: DecodeScattered<Int8Format>(dim, rows, numbers, values); break;
            case RowPrecision.Int8Compact: DecodeScattered<Int8CompactFormat>(dim, rows, numbers, values); break;
            case RowPrecision.Int4: DecodeScattered<Int4Format>(dim, rows, numbers, values); break;
            default: DecodeScattered<Int2Format>(dim, rows, numbers, values); break;
        }
    }

    public override void DecodeIndexed(
        RowPrecision precision, int dim, in RowArray rows, ReadOnlySpan<int> numbers, int distance, float* values)
    {
        switch (precision)
        {
            case RowPrecision.Fp32: DecodeIndexed<Fp32Format>(dim, rows, numbers, distance, values); break;
            case RowPrecision.Fp16: DecodeIndexed<Fp16Format>(dim, rows, numbers, distance, values); break;
            case RowPrecision.Int8: DecodeIndexed<Int8Format>(dim, rows, numbers, distance, values); break;
            case RowPrecision.Int8Compact: DecodeIndexed<Int8CompactFormat>(dim, rows, numbers, distance, values); break;
            case RowPrecision.Int4: DecodeIndexed<Int4Format>(dim, rows, numbers, distance, values); break;
            default: DecodeIndexed<Int2Format>(dim, rows, numbers, distance, values); break;
        }
    }

    public override RowExtent Measure(float* values, int dim) => TLoop.Measure(values, dim);

    public override void QuantizeAffine(float* values, int dim, float bias, float inverse, int top, byte* codes) =>
        TLoop.QuantizeAffine(values, dim, bias, inverse, top, codes);

    public override void QuantizeSymmetric(float* values, int dim, float scale, sbyte* codes) =>
        TLoop.QuantizeSymmetric(values, dim, scale, codes);

    private static void Run<TSink>(RowPrecision precision, byte* row, int dim, float* values, float weight)
        where TSink : struct, IRowSink
    {
        switch (precision)
        {
            case RowPrecision.Fp32: TLoop.Decode<Fp32Format, TSink>(row, dim, values, weight); break;
            case RowPrecision.Fp16: TLoop.Decode<Fp16Format, TSink>(row, dim, values, weight); break;
            case RowPrecision.Int8: TLoop.Decode<Int8Format, TSink>(row, dim, values, weight); break;
            case RowPrecision.Int8Compact: TLoop.Decode<Int8CompactFormat, TSink>(row, dim, values, weight); break;
            case RowPrecision.Int4: TLoop.Decode<Int4Format, TSink>(row, dim, values, weight); break;
            default: TLoop.Decode<Int2Format, TSink>(row, dim, values, weight); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeScattered<TFormat>(int dim, in RowBatch rows, int* numbers, float* values)
        where TFormat : struct, IRowFormat
    {
        switch (dim)
        {
            case 16: DecodeScatteredOf<TFormat>(16, rows, numbers, values); break;
            case 64: DecodeScatteredOf<TFormat>(64, rows, numbers, values); break;
            default: DecodeScatteredOf<TFormat>(dim, rows, numbers, values); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeScatteredOf<TFormat>(int dim, in RowBatch rows, int* numbers, float* values)
        where TFormat : struct, IRowFormat
    {
        nint* row = rows.Rows;
        nint offset = rows.Place.Offset;
        for (int j = 0; j < rows.Count; j++)
            TLoop.Decode<TFormat, StoreSink>((byte*)row[j] + offset, dim, values + ((nint)numbers[j] * dim), 0);
    }

    // Optimised from the first call on, these: in the lower tiers every vector goes through memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeIndexed<TFormat>(int dim, in RowArray rows, ReadOnlySpan<int> numbers, int distance, float* values)
        where TFormat : struct, IRowFormat
    {
        switch (dim)
        {
            case 16: DecodeIndexedOf<TFormat>(16, rows, numbers, distance, values); break;
            case 64: DecodeIndexedOf<TFormat>(64, rows, numbers, distance, values); break;
            default: DecodeIndexedOf<TFormat>(dim, rows, numbers, distance, values); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeIndexedOf<TFormat>(int dim, in RowArray rows, ReadOnlySpan<int> numbers, int distance, float* values)
        where TFormat : struct, IRowFormat
    {
        RowPlace place = rows.Place;
        byte* start = rows.Start, row = start + place.Offset;
        nint stride = place.Bytes;
        bool oneLine = place.IsAligned && stride <= Prefetch.Line;
        fixed (int* number = numbers)
        {
            int ahead = Math.Max(0, numbers.Length - distance), j = 0;
            if (oneLine)
            {
                for (; j < ahead; j++, values += dim)
                {
                    Prefetch.Read(start + number[j + distance] * stride);
                    TLoop.Decode<TFormat, StoreSink>(row + number[j] * stride, dim, values, 0);
                }
            }

            for (; j < ahead; j++, values += dim)
            {
                Prefetch.Read(start + number[j + distance] * stride, stride, place.IsAligned);
                TLoop.Decode<TFormat, StoreSink>(row + number[j] * stride, dim, values, 0);
            }

            for (; j < numbers.Length; j++, values += dim)
                TLoop.Decode<TFormat, StoreSink>(row + number[j] * stride, dim, values, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeRows<TFormat>(int dim, in RowBatch rows, float* values)
        where TFormat : struct, IRowFormat
    {
        // Dims 16 and 64 are the field's usual ones; as constants their loops unroll.
        switch (dim)
        {
            case 16: DecodeRowsOf<TFormat>(16, rows, values); break;
            case 64: DecodeRowsOf<TFormat>(64, rows, values); break;
            default: DecodeRowsOf<TFormat>(dim, rows, values); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeRowsOf<TFormat>(int dim, in RowBatch rows, float* values)
        where TFormat : struct, IRowFormat
    {
        nint* row = rows.Rows, ahead = rows.Ahead;
        RowPlace place = rows.Place;
        nint offset = place.Offset;
        int both = Math.Min(rows.Count, rows.AheadCount);
        if (place.IsAligned && place.Bytes <= Prefetch.Line)
        {
            for (int j = 0; j < both; j++, values += dim)
            {
                Prefetch.Read((void*)ahead[j]);
                TLoop.Decode<TFormat, StoreSink>((byte*)row[j] + offset, dim, values, 0);
            }
        }
        else
        {
            for (int j = 0; j < both; j++, values += dim)
            {
                Prefetch.Read((byte*)ahead[j], place.Bytes, place.IsAligned);
                TLoop.Decode<TFormat, StoreSink>((byte*)row[j] + offset, dim, values, 0);
            }
        }

        for (int j = both; j < rows.Count; j++, values += dim)
            TLoop.Decode<TFormat, StoreSink>((byte*)row[j] + offset, dim, values, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong DecodeKeyedRows<TFormat>(int dim, in RowBatch rows, ulong* keys, ulong* differences, float* values)
        where TFormat : struct, IRowFormat => dim switch
        {
            16 => DecodeKeyedRowsOf<TFormat>(16, rows, keys, differences, values),
            64 => DecodeKeyedRowsOf<TFormat>(64, rows, keys, differences, values),
            _ => DecodeKeyedRowsOf<TFormat>(dim, rows, keys, differences, values),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DecodeKeyedRowsOf<TFormat>(int dim, in RowBatch rows, ulong* keys, ulong* differences, float* values)
        where TFormat : struct, IRowFormat
    {
        nint* row = rows.Rows, ahead = rows.Ahead;
        RowPlace place = rows.Place;
        nint offset = place.Offset, count = rows.Count, both = Math.Min(rows.Count, rows.AheadCount), j = 0;
        ulong all = 0;
        if (place.IsAligned && place.Bytes <= Prefetch.Line)
        {
            for (; j < both; j++, values += dim)
            {
                Prefetch.Read((void*)ahead[j]);
                byte* start = (byte*)row[j];
                ulong difference = Volatile.Read(ref *(ulong*)start) ^ keys[j];
                differences[j] = difference;
                all |= difference;
                TLoop.Decode<TFormat, StoreSink>(start + offset, dim, values, 0);
            }
        }

        for (; j < count; j++, values += dim)
        {
            if (j < both)
                Prefetch.Read((byte*)ahead[j], place.Bytes, place.IsAligned);
            byte* start = (byte*)row[j];
            ulong difference = Volatile.Read(ref *(ulong*)start) ^ keys[j];
            differences[j] = difference;
            all |= difference;
            TLoop.Decode<TFormat, StoreSink>(start + offset, dim, values, 0);
        }

        return all;
    }
}
