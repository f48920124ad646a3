using System.Diagnostics.CodeAnalysis;

namespace RecServe.Kernels;

/// <summary>How the numbers of an embedding row are stored. The values are written to files: they never change.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "int8 is what the field calls the format")]
public enum RowPrecision : byte
{
    /// <summary>32-bit floats: 4·D bytes.</summary>
    Fp32 = 0,

    /// <summary>16-bit floats (IEEE 754 binary16): 2·D bytes.</summary>
    Fp16 = 1,

    /// <summary>
    /// 8 bits a number, then scale and bias as 32-bit floats: D + 8 bytes. Byte for byte FBGEMM's fused 8-bit rowwise format
    /// (<c>FloatToFused8BitRowwiseQuantizedSBFloat</c>).
    /// </summary>
    Int8 = 2,

    /// <summary>8 bits a number, symmetric about 0, then the scale as a 16-bit float: D + 2 bytes. For short rows.</summary>
    Int8Compact = 3,

    /// <summary>
    /// 4 bits a number, the first in the low half of a byte, then scale and bias as 16-bit floats: ⌈D/2⌉ + 4 bytes. Byte for byte FBGEMM's
    /// fused N-bit rowwise format (<c>FloatToFusedNBitRowwiseQuantizedSBHalf</c>).
    /// </summary>
    Int4 = 4,

    /// <summary>2 bits a number, the first in the lowest bits, then scale and bias as 16-bit floats: ⌈D/4⌉ + 4 bytes. FBGEMM's format.</summary>
    Int2 = 5,
}
