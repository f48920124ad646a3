using RecServe.Kernels;

namespace RecServe.Compression.Quantization;

/// <summary>Rows to bytes by a rounding.</summary>
internal static class RowEncoding
{
    /// <summary>Encodes a row; false where the precision cannot hold one of its numbers.</summary>
    public static bool TryEncode(RowPrecision precision, RowRounding rounding, ReadOnlySpan<float> values, Span<byte> row, ulong seed, ulong counter) => rounding switch
    {
        RowRounding.Stochastic => RowCodec.EncodeStochastic(precision, values, row, seed, counter).Ok,
        RowRounding.Searched when precision is RowPrecision.Int4 or RowPrecision.Int2 => RowCodec.EncodeSearched(precision, values, row).Ok,
        _ => RowCodec.Encode(precision, values, row).Ok,
    };

    /// <summary>What a row becomes by encoding and decoding it; false, and the values as they are, where the precision cannot hold it.</summary>
    public static bool TryRoundTrip(RowPrecision precision, RowRounding rounding, ReadOnlySpan<float> values, Span<float> decoded, ulong seed = 0, ulong counter = 0)
    {
        if (precision == RowPrecision.Fp32)
        {
            values.CopyTo(decoded);
            return true;
        }

        Span<byte> row = stackalloc byte[RowCodec.RowBytes(precision, values.Length)];
        if (!TryEncode(precision, rounding, values, row, seed, counter))
        {
            values.CopyTo(decoded);
            return false;
        }

        RowCodec.Decode(precision, row, decoded);
        return true;
    }
}
