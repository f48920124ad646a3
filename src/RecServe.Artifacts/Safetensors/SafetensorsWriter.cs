using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RecServe.Artifacts;

/// <summary>
/// Collects named tensors and writes them as one safetensors file. The bytes depend on nothing but the content: tensors stand by
/// descending element size, then by name, so that each starts at a multiple of its element size.
/// Source of the layout: the safetensors format description (github.com/huggingface/safetensors, README "Format").
/// </summary>
public sealed class SafetensorsWriter
{
    /// <summary>Bytes written at once; bounds the span of a tensor over 2 GiB.</summary>
    private const int ChunkBytes = 1 << 20;

    private readonly List<Entry> _entries = [];
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private sealed record Entry(string Name, TensorType Type, long[] Shape, long Bytes, Action<Stream> Write);

    /// <summary>Adds a line to the header's <c>__metadata__</c>.</summary>
    public void AddMetadata(string key, string value) => _metadata.Add(key, value);

    /// <summary>Adds a tensor. The memory is read when the file is written.</summary>
    /// <param name="name">Unique in the file; not <c>__metadata__</c>.</param>
    /// <param name="type">Type stated in the header; may differ from <typeparamref name="T"/> (float rows stored as bytes).</param>
    /// <param name="shape">Sizes; their product times the element size must be the bytes of <paramref name="data"/>.</param>
    /// <param name="data">Row-major elements.</param>
    /// <exception cref="ArgumentException">The name is taken or reserved, or shape and data disagree.</exception>
    public void Add<T>(string name, TensorType type, long[] shape, ReadOnlyMemory<T> data) where T : unmanaged
    {
        if (name == SafetensorsReader.MetadataName || _entries.Exists(e => e.Name == name))
            throw new ArgumentException($"tensor name '{name}' is taken", nameof(name));
        long bytes = type.Bytes(), given = (long)data.Length * Unsafe.SizeOf<T>();
        foreach (long size in shape)
            bytes = checked(bytes * size);
        if (bytes != given)
            throw new ArgumentException($"tensor '{name}' of shape [{string.Join(", ", shape)}] has {bytes} bytes, not {given}", nameof(data));
        _entries.Add(new Entry(name, type, shape, bytes, stream => WriteElements(stream, data.Span)));
    }

    /// <summary>Writes the file: 8 bytes of header length (little endian), the JSON header padded with spaces to a multiple of 8, the tensors.</summary>
    public void WriteTo(Stream stream)
    {
        _entries.Sort((a, b) => b.Type.Bytes() != a.Type.Bytes()
            ? b.Type.Bytes().CompareTo(a.Type.Bytes())
            : string.CompareOrdinal(a.Name, b.Name));
        byte[] header = Header();
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (Entry entry in _entries)
            entry.Write(stream);
    }

    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsReader.MetadataName);
                foreach ((string key, string value) in _metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            long begin = 0;
            foreach (Entry entry in _entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type.ToString());
                WriteArray(json, "shape", entry.Shape);
                WriteArray(json, "data_offsets", [begin, begin += entry.Bytes]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, ReadOnlySpan<long> values)
    {
        json.WriteStartArray(name);
        foreach (long value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void WriteElements<T>(Stream stream, ReadOnlySpan<T> data) where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors files are little endian; this machine is not");
        int chunk = ChunkBytes / Unsafe.SizeOf<T>();
        for (; data.Length > 0; data = data[Math.Min(chunk, data.Length)..])
            stream.Write(MemoryMarshal.AsBytes(data[..Math.Min(chunk, data.Length)]));
    }
}
