using System.Buffers.Binary;

namespace RecServe.Artifacts;

/// <summary>A way to store a row's numbers, by the name that tensors and manifests give it. What the bytes mean stands in docs/formats/package.md.</summary>
public sealed class PackageRowFormat
{
    private readonly int _bits, _storedFloats;
    private readonly bool _halves;

    private PackageRowFormat(string name, int bits, int storedFloats, bool halves)
    {
        Name = name;
        (_bits, _storedFloats, _halves) = (bits, storedFloats, halves);
    }

    /// <summary>Every format, the most precise first: the order of a table's sets.</summary>
    public static IReadOnlyList<PackageRowFormat> All { get; } =
    [
        new("fp32", 32, 0, halves: false),
        new("fp16", 16, 0, halves: true),
        new("int8", 8, 2, halves: false),
        new("int8-compact", 8, 1, halves: true),
        new("int4", 4, 2, halves: true),
        new("int2", 2, 2, halves: true),
    ];

    /// <summary>Name in tensors and manifests.</summary>
    public string Name { get; }

    /// <summary>The format of a name, or null.</summary>
    public static PackageRowFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>Bytes of a row of <paramref name="width"/> numbers: the codes, then scale and bias where the format has them.</summary>
    public int RowBytes(int width) => (((width * _bits) + 7) / 8) + (_storedFloats * (_halves ? 2 : 4));

    /// <summary>Index of the first row that holds a float (a number, a scale or a bias) which is not finite, or -1.</summary>
    /// <param name="rows">Rows one after another.</param>
    /// <param name="width">Numbers of a row.</param>
    public int FirstNotFinite(ReadOnlySpan<byte> rows, int width)
    {
        int rowBytes = RowBytes(width), size = _halves ? 2 : 4;
        int stored = _storedFloats == 0 ? rowBytes : _storedFloats * size;
        for (int row = 0; row < rows.Length / rowBytes; row++)
        {
            ReadOnlySpan<byte> floats = rows.Slice((row * rowBytes) + rowBytes - stored, stored);
            for (; !floats.IsEmpty; floats = floats[size..])
            {
                if (!(_halves ? Half.IsFinite(BinaryPrimitives.ReadHalfLittleEndian(floats)) : float.IsFinite(BinaryPrimitives.ReadSingleLittleEndian(floats))))
                    return row;
            }
        }

        return -1;
    }
}
