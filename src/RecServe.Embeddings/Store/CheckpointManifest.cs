using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RecServe.Embeddings;

/// <summary>What makes a checkpoint: one JSON line and its CRC-32C below it, described in docs/formats/row-store.md.</summary>
internal sealed record CheckpointManifest
{
    public const string Format = "recserve.rows";

    /// <summary>Version that this program writes and reads.</summary>
    public const int FormatVersion = 2;

    [JsonPropertyName("format")]
    public string FormatName { get; init; } = Format;

    [JsonPropertyName("format_version")]
    public int Version { get; init; } = FormatVersion;

    public required long Number { get; init; }

    /// <summary>FASTER's tokens: names of the directories below checkpoints/.</summary>
    public required Guid IndexToken { get; init; }

    public required Guid LogToken { get; init; }

    /// <summary>Files of the two, with lengths and checksums.</summary>
    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    /// <summary>Bytes of the journal in the log's directory that belong to the checkpoint. Version 1 had none.</summary>
    public long JournalBytes { get; init; }

    public required long BeginAddress { get; init; }

    public required long TailAddress { get; init; }

    /// <summary>End of the log when the index was written.</summary>
    public required long IndexedTo { get; init; }

    public required long PageBytes { get; init; }

    public required long SegmentBytes { get; init; }

    public required long IndexBytes { get; init; }

    public required IReadOnlyList<StoredTable> Tables { get; init; }

    /// <summary>How far each source of updates was applied.</summary>
    public required IReadOnlyDictionary<string, long> Offsets { get; init; }

    /// <summary>File name of a checkpoint's manifest.</summary>
    public static string FileName(long number) => string.Create(CultureInfo.InvariantCulture, $"checkpoint-{number:d12}.json");

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Default.CheckpointManifest);
        return [.. json, .. Encoding.ASCII.GetBytes($"\n{Crc32C.Of(json):x8}\n")];
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is torn, damaged or of another version.</exception>
    public static CheckpointManifest FromBytes(ReadOnlySpan<byte> bytes)
    {
        const int tail = 10;
        if (bytes.Length < tail || bytes[^1] != '\n' || bytes[^tail] != '\n'
            || !uint.TryParse(bytes[^9..^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint crc))
            throw new InvalidDataException("it has no checksum at its end");
        ReadOnlySpan<byte> json = bytes[..^tail];
        if (Crc32C.Of(json) != crc)
            throw new InvalidDataException("its checksum is wrong");
        try
        {
            CheckpointManifest manifest = JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointManifest)!;
            if (manifest.FormatName != Format || manifest.Version is < 1 or > FormatVersion)
                throw new InvalidDataException($"it is {manifest.FormatName} version {manifest.Version}; this program reads {Format} versions 1 to {FormatVersion}");
            return manifest;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}

/// <summary>A file of a checkpoint.</summary>
/// <param name="Path">Below checkpoints/.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Crc32C">Checksum of the whole.</param>
internal sealed record CheckpointFile(string Path, long Bytes, [property: JsonPropertyName("crc32c")] uint Crc32C);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
