using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>What every tier asks of a delta before it stores it.</summary>
internal static class RowDeltaNumbers
{
    /// <summary>The numbers of a delta's row, given or decoded, if all is well with them.</summary>
    /// <param name="delta">Not a deletion.</param>
    /// <param name="width">Floats that the table's rows have; 0 where they are bytes, which are not looked into.</param>
    /// <param name="decoded">At least <paramref name="width"/> floats of room.</param>
    /// <param name="numbers">The floats.</param>
    public static ApplyRefusal Read(in RowDelta delta, int width, Span<float> decoded, out ReadOnlySpan<float> numbers)
    {
        numbers = delta.Values.Span;
        if (width == 0)
            return numbers.IsEmpty && delta.Encoded.Length is > 0 and <= 4 * RowCodec.MaxDim ? ApplyRefusal.None : ApplyRefusal.WrongLength;
        if (numbers.IsEmpty)
        {
            if (delta.Encoded.Length != RowCodec.RowBytes(delta.Precision, width))
                return ApplyRefusal.WrongLength;
            if (!RowCodec.IsFinite(delta.Precision, delta.Encoded.Span, width))
                return ApplyRefusal.NotFinite;
            RowCodec.Decode(delta.Precision, delta.Encoded.Span, decoded[..width]);
            numbers = decoded[..width];
        }

        if (numbers.Length != width)
            return ApplyRefusal.WrongLength;

        // Finite scale and bias can still decode to an infinite number.
        return RowCodec.IsFinite(RowPrecision.Fp32, MemoryMarshal.AsBytes(numbers), width) ? ApplyRefusal.None : ApplyRefusal.NotFinite;
    }

    /// <summary>What a fault of the codec is called.</summary>
    public static ApplyRefusal Refusal(RowFault fault) => fault switch
    {
        RowFault.None => ApplyRefusal.None,
        RowFault.NotFinite => ApplyRefusal.NotFinite,
        _ => ApplyRefusal.OutOfRange,
    };
}
