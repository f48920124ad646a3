using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecServe.Kernels;

/// <summary>Small integers and 16-bit floats to 32-bit floats, 8 or 16 at a time.</summary>
internal static class Codes
{
    // 2^112: moves the exponent of a 16-bit float (bias 15) to that of a 32-bit float (bias 127); exact, subnormals included.
    private const float HalfExponent = 5.192296858534828e33f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FromBytes256(ulong bytes)
    {
        Vector128<ushort> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(bytes).AsByte());
        return Vector256.ConvertToSingle(Widen(words).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FromSignedBytes256(ulong bytes)
    {
        Vector128<short> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(bytes).AsSByte());
        return Vector256.ConvertToSingle(
            Avx2.IsSupported ? Avx2.ConvertToVector256Int32(words) : Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FromBytes512(Vector128<byte> bytes)
    {
        if (Avx512F.IsSupported)
            return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes));
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        return Vector512.ConvertToSingle(Vector512.Create(Widen(low), Widen(high)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FromSignedBytes512(Vector128<sbyte> bytes)
    {
        if (Avx512F.IsSupported)
            return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes));
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(bytes);
        return Vector512.ConvertToSingle(Vector512.Create(
            Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)),
            Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high))));
    }

    /// <summary>A finite 16-bit float; the framework's conversion branches over the kinds and costs several times as much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe float FromHalf(byte* half)
    {
        uint bits = *(ushort*)half;
        float magnitude = BitConverter.UInt32BitsToSingle((bits & 0x7FFF) << 13) * HalfExponent;
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(magnitude) | (bits & 0x8000) << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FromHalves256(Vector128<ushort> halves)
    {
        Vector256<uint> bits = Widen(halves);
        Vector256<float> magnitude = ((bits & Vector256.Create(0x7FFFu)) << 13).AsSingle() * Vector256.Create(HalfExponent);
        return (magnitude.AsUInt32() | ((bits & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FromHalves512(Vector256<ushort> halves)
    {
        (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(halves);
        Vector512<uint> bits = Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt32(halves) : Vector512.Create(low, high);
        Vector512<float> magnitude = ((bits & Vector512.Create(0x7FFFu)) << 13).AsSingle() * Vector512.Create(HalfExponent);
        return (magnitude.AsUInt32() | ((bits & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }

    /// <summary>Eight bytes of two nibbles each to 16 bytes, low nibble first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SpreadNibbles(ulong packed)
    {
        Vector128<ushort> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(packed).AsByte());
        return ((words | (words << 4)) & Vector128.Create((ushort)0x0F0F)).AsByte();
    }

    /// <summary>Four bytes of four 2-bit codes each to 16 bytes, lowest bits first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SpreadCrumbs(uint packed)
    {
        Vector128<uint> words = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(packed).AsByte()));
        words = (words | (words << 12)) & Vector128.Create(0x000F000Fu);
        return ((words | (words << 6)) & Vector128.Create(0x03030303u)).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Widen(Vector128<ushort> words) =>
        Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(words).AsUInt32()
            : Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words));
}
