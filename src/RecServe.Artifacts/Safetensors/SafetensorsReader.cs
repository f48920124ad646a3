using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecServe.Artifacts;

/// <summary>
/// Reads a safetensors file. The header is checked as a whole before any tensor: names unique, types known, byte ranges equal to
/// type × shape, in bounds, without overlap and without holes. Not thread-safe; does not own the stream.
/// </summary>
public sealed partial class SafetensorsReader
{
    /// <summary>
    /// Longest header accepted, in bytes. The format allows 100 MB; a package's largest file has some thousand tensors of about 100
    /// header bytes each, so that 4 MiB leaves room for forty thousand.
    /// </summary>
    public const int MaxHeaderBytes = 4 << 20;

    internal const string MetadataName = "__metadata__";

    /// <summary>Bytes read at once; bounds the span of a tensor over 2 GiB.</summary>
    private const int ChunkBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly string _file;
    private readonly long _dataStart;
    private readonly Dictionary<string, SafetensorsTensor> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Reads and checks the header.</summary>
    /// <param name="stream">Seekable; positioned at the file's first byte; must outlive the reader.</param>
    /// <param name="file">What messages call the file.</param>
    /// <exception cref="PackageException">The header is not one, or disagrees with the file's length.</exception>
    public SafetensorsReader(Stream stream, string file)
    {
        _stream = stream;
        _file = file;
        long total = stream.Length - stream.Position;
        Span<byte> prefix = stackalloc byte[8];
        if (total < 8)
            Fail($"has {total} bytes, a safetensors file has at least 8");
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderBytes)
            Fail($"the header length is {length} bytes, the limit is {MaxHeaderBytes}");
        if ((long)length > total - 8)
            Fail($"the header length is {length} bytes, but only {total - 8} follow");
        byte[] header = new byte[(int)length];
        stream.ReadExactly(header);
        _dataStart = stream.Position;
        Tensors = ParseHeader(header, total - 8 - (long)length);
    }

    /// <summary>All tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <summary>The header's free-form strings.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>A tensor by name, or null.</summary>
    public SafetensorsTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A tensor that must be there, with this type and shape; −1 in <paramref name="shape"/> accepts any size.</summary>
    /// <exception cref="PackageException">It is missing or differs.</exception>
    public SafetensorsTensor Require(string name, TensorType type, params ReadOnlySpan<long> shape)
    {
        if (!_byName.TryGetValue(name, out SafetensorsTensor? tensor))
            Fail($"tensor '{name}' is missing");
        bool same = tensor.Type == type && tensor.Shape.Count == shape.Length;
        for (int i = 0; same && i < shape.Length; i++)
            same = shape[i] < 0 || shape[i] == tensor.Shape[i];
        if (!same)
        {
            string expected = string.Join(", ", shape.ToArray().Select(s => s < 0 ? "n" : s.ToString()));
            Fail($"tensor '{name}' is {tensor.Type} [{string.Join(", ", tensor.Shape)}], expected {type} [{expected}]");
        }

        return tensor;
    }

    /// <summary>Reads a whole tensor as elements of <typeparamref name="T"/>, which may differ from the stated type (bytes that hold floats).</summary>
    /// <exception cref="PackageException">It does not divide into such elements, or is larger than an array can be.</exception>
    public T[] Read<T>(SafetensorsTensor tensor) where T : unmanaged
    {
        long count = tensor.Bytes / Unsafe.SizeOf<T>();
        if (count * Unsafe.SizeOf<T>() != tensor.Bytes || count > Array.MaxLength)
            Fail($"tensor '{tensor.Name}' has {tensor.Bytes} bytes, which is no array of {Unsafe.SizeOf<T>()}-byte elements up to {Array.MaxLength} long");
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors files are little endian; this machine is not");
        T[] values = new T[(int)count];
        _stream.Position = _dataStart + tensor.Begin;
        int chunk = ChunkBytes / Unsafe.SizeOf<T>();
        for (Span<T> rest = values; rest.Length > 0; rest = rest[Math.Min(chunk, rest.Length)..])
            _stream.ReadExactly(MemoryMarshal.AsBytes(rest[..Math.Min(chunk, rest.Length)]));
        return values;
    }

    [DoesNotReturn]
    private void Fail(string reason) => throw new PackageException($"{_file}: {reason}");
}
