using System.Buffers;
using System.Text;
using System.Text.Json;
using RecServe.Experiments;

namespace RecServe.Stream;

/// <summary>
/// What a node last knew of the experiments' topic, in a file beside its store: how far each partition was applied, and the definitions in force with where each came from. What a node that cannot
/// reach Kafka when it starts goes by. Written under another name, synced and renamed: it is there whole or not at all.
/// </summary>
public sealed class LastExperiments
{
    /// <summary>Name of the file in the store's folder.</summary>
    public const string FileName = "experiments.json";

    private const string Format = "recserve.experiments";
    private const int FormatVersion = 1;
    private const long MostBytes = (long)ExperimentLimits.Published * (ExperimentLimits.DefinitionBytes + 4096);

    /// <summary>Offset of the first message that is not applied, by partition.</summary>
    public required IReadOnlyDictionary<int, long> Positions { get; init; }

    /// <summary>The definitions in force, as the messages that they came by.</summary>
    public required IReadOnlyList<UpdateMessage> Messages { get; init; }

    /// <summary>Nothing is known.</summary>
    public static LastExperiments None { get; } = new() { Positions = new Dictionary<int, long>(), Messages = [] };

    /// <summary>Reads a file; one that is not there knows nothing.</summary>
    /// <exception cref="IOException">It cannot be read, or is none of these files.</exception>
    public static LastExperiments Read(string path)
    {
        if (!File.Exists(path))
            return None;
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw new IOException($"{path} is longer than {MostBytes:N0} bytes, the limit");
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            if (root.GetProperty("format"u8).GetString() != Format || root.GetProperty("format_version"u8).GetInt32() != FormatVersion)
                throw new IOException($"{path} is no file of {Format}, version {FormatVersion}");
            return new LastExperiments
            {
                Positions = root.GetProperty("positions"u8).EnumerateArray().ToDictionary(place => place.GetProperty("partition"u8).GetInt32(), place => place.GetProperty("next"u8).GetInt64()),
                Messages = [.. root.GetProperty("experiments"u8).EnumerateArray().Select(Message)],
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Writes a file in place of the one before.</summary>
    /// <exception cref="IOException">It cannot be written; the one before stays.</exception>
    public void Write(string path)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
            Write(json);
        string temporary = path + ".tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(buffer.WrittenSpan);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private static UpdateMessage Message(JsonElement entry) => new(
        entry.GetProperty("partition"u8).GetInt32(), entry.GetProperty("offset"u8).GetInt64(), entry.GetProperty("timestamp"u8).GetInt64(),
        Encoding.UTF8.GetBytes(entry.GetProperty("key"u8).GetString()!), Encoding.UTF8.GetBytes(entry.GetProperty("definition"u8).GetRawText()));

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("format"u8, Format);
        json.WriteNumber("format_version"u8, FormatVersion);
        json.WriteStartArray("positions"u8);
        foreach ((int partition, long next) in Positions.OrderBy(place => place.Key))
        {
            json.WriteStartObject();
            json.WriteNumber("partition"u8, partition);
            json.WriteNumber("next"u8, next);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("experiments"u8);
        foreach (UpdateMessage message in Messages)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, message.Key.Span);
            json.WriteNumber("partition"u8, message.Partition);
            json.WriteNumber("offset"u8, message.Offset);
            json.WriteNumber("timestamp"u8, message.Timestamp);
            json.WritePropertyName("definition"u8);
            json.WriteRawValue(message.Value.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
