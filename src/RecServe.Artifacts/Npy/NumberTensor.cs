using System.Buffers.Binary;
using System.Globalization;

namespace RecServe.Artifacts;

/// <summary>A tensor of numbers from another program's file.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Bytes">The elements, row-major and little endian.</param>
public sealed record NumberTensor(string Name, TensorType Type, IReadOnlyList<long> Shape, byte[] Bytes)
{
    /// <summary>The elements as fp32.</summary>
    /// <exception cref="PackageException">They are no floating-point numbers.</exception>
    public float[] Floats()
    {
        int size = Type is TensorType.F16 ? 2 : Type is TensorType.F32 ? 4 : Type is TensorType.F64 ? 8 : throw Wrong("F16, F32 or F64");
        var floats = new float[Bytes.Length / size];
        for (int i = 0; i < floats.Length; i++)
        {
            ReadOnlySpan<byte> one = Bytes.AsSpan(i * size, size);
            floats[i] = Type switch
            {
                TensorType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(one),
                TensorType.F32 => BinaryPrimitives.ReadSingleLittleEndian(one),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(one),
            };
        }

        return floats;
    }

    /// <summary>The elements as whole numbers that have a bit pattern of 64 bits, such as keys.</summary>
    /// <exception cref="PackageException">They are not U64.</exception>
    public ulong[] Bits()
    {
        if (Type != TensorType.U64)
            throw Wrong("U64");
        var numbers = new ulong[Bytes.Length / 8];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadUInt64LittleEndian(Bytes.AsSpan(i * 8));
        return numbers;
    }

    /// <summary>The elements as decimal text.</summary>
    /// <exception cref="PackageException">They are no whole numbers of 32 or 64 bits.</exception>
    public string[] Decimals()
    {
        int size = Type is TensorType.I32 or TensorType.U32 ? 4 : Type is TensorType.I64 or TensorType.U64 ? 8 : throw Wrong("I32, U32, I64 or U64");
        return [.. Enumerable.Range(0, Bytes.Length / size).Select(i =>
        {
            ReadOnlySpan<byte> one = Bytes.AsSpan(i * size, size);
            return Type switch
            {
                TensorType.I32 => BinaryPrimitives.ReadInt32LittleEndian(one).ToString(CultureInfo.InvariantCulture),
                TensorType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(one).ToString(CultureInfo.InvariantCulture),
                TensorType.I64 => BinaryPrimitives.ReadInt64LittleEndian(one).ToString(CultureInfo.InvariantCulture),
                _ => BinaryPrimitives.ReadUInt64LittleEndian(one).ToString(CultureInfo.InvariantCulture),
            };
        })];
    }

    private PackageException Wrong(string expected) => new($"{Name}: has elements of type {Type}, expected {expected}");
}
