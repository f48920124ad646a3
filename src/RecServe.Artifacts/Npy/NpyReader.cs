using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace RecServe.Artifacts;

/// <summary>
/// Reads a .npy file of numbers, version 1 to 3 (numpy.lib.format). Any bytes give a tensor or an error: the header is matched as a whole, nothing in it is
/// evaluated, and the file must be exactly as long as type and shape say. Arrays of objects, which NumPy would unpickle, are refused.
/// </summary>
public static partial class NpyReader
{
    /// <summary>Longest header accepted, in bytes; NumPy writes 118.</summary>
    public const int MaxHeaderBytes = 4096;

    private const int PrefixBytes = 10, MostDimensions = 8;

    private static readonly Dictionary<string, TensorType> Types = new(StringComparer.Ordinal)
    {
        ["<f2"] = TensorType.F16, ["<f4"] = TensorType.F32, ["<f8"] = TensorType.F64, ["<i4"] = TensorType.I32, ["<i8"] = TensorType.I64, ["<u4"] = TensorType.U32,
        ["<u8"] = TensorType.U64, ["|u1"] = TensorType.U8, ["|i1"] = TensorType.I8,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="stream">Seekable; positioned at the file's first byte.</param>
    /// <param name="file">What messages call the file.</param>
    /// <exception cref="PackageException">It is no such file; the message says what is wrong.</exception>
    public static NumberTensor Read(Stream stream, string file)
    {
        long total = stream.Length - stream.Position;
        var prefix = new byte[PrefixBytes];
        if (total < PrefixBytes)
            throw Wrong(file, $"has {total} bytes, a .npy file has at least {PrefixBytes}");
        stream.ReadExactly(prefix);
        if (prefix[0] != 0x93 || !prefix.AsSpan(1, 5).SequenceEqual("NUMPY"u8))
            throw Wrong(file, "does not start as a .npy file does");
        int version = prefix[6], more = version == 1 ? 0 : 2;
        if (version is < 1 or > 3)
            throw Wrong(file, $"has format version {version}, known are 1 to 3");
        var length = new byte[4];
        prefix.AsSpan(8, 2).CopyTo(length);
        if (total < PrefixBytes + more)
            throw Wrong(file, "ends within its header");
        stream.ReadExactly(length, 2, more);
        uint headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (headerBytes > MaxHeaderBytes || headerBytes > total - PrefixBytes - more)
            throw Wrong(file, $"has a header of {headerBytes} bytes, the limit is {MaxHeaderBytes} and {total - PrefixBytes - more} follow");
        var header = new byte[headerBytes];
        stream.ReadExactly(header);
        (TensorType type, long[] shape, long bytes) = Parse(Encoding.Latin1.GetString(header), file);
        long left = total - PrefixBytes - more - headerBytes;
        if (bytes != left)
            throw Wrong(file, $"{type} [{string.Join(", ", shape)}] needs {bytes} bytes, {left} follow the header");
        if (bytes > Array.MaxLength)
            throw Wrong(file, $"has {bytes} bytes of numbers, the limit is {Array.MaxLength}");
        var data = new byte[bytes];
        stream.ReadExactly(data);
        return new NumberTensor(file, type, shape, data);
    }

    private static (TensorType Type, long[] Shape, long Bytes) Parse(string header, string file)
    {
        Match match = Header().Match(header);
        if (!match.Success)
            throw Wrong(file, "the header is not {'descr': …, 'fortran_order': …, 'shape': …}");
        string descr = match.Groups["descr"].Value;
        if (!Types.TryGetValue(descr, out TensorType type))
            throw Wrong(file, $"has elements of type '{descr}', known are {string.Join(", ", Types.Keys)}");
        if (match.Groups["fortran"].Value == "True")
            throw Wrong(file, "is stored column by column (fortran_order): save numpy.ascontiguousarray of it");
        string[] parts = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length > MostDimensions)
            throw Wrong(file, $"has {parts.Length} dimensions, the limit is {MostDimensions}");
        var shape = new long[parts.Length];
        long bytes = type.Bytes();
        for (int i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out shape[i]) || (shape[i] > 0 && bytes > long.MaxValue / shape[i]))
                throw Wrong(file, $"has the shape ({match.Groups["shape"].Value}), which is no array");
            bytes *= shape[i];
        }

        return (type, shape, bytes);
    }

    private static PackageException Wrong(string file, string reason) => new($"{file}: {reason}");

    // As NumPy writes it: keys in alphabetical order, a comma after the last, spaces and a line feed to fill up.
    [GeneratedRegex(@"^\{\s*'descr':\s*'(?<descr>[^']{1,16})',\s*'fortran_order':\s*(?<fortran>True|False),\s*'shape':\s*\((?<shape>[0-9, ]{0,200})\),?\s*\}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
