using System.Buffers;
using System.Text;
using System.Text.Json;

namespace RecServe.Cli.Train;

/// <summary>One JSON object on one line; a number that is not defined is null.</summary>
internal sealed class JsonLine
{
    private readonly Utf8JsonWriter _json;

    private JsonLine(Utf8JsonWriter json) => _json = json;

    /// <summary>Writes an object whose members <paramref name="members"/> adds.</summary>
    public static string Write(Action<JsonLine> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(new JsonLine(json));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void Add(string name, double value)
    {
        if (double.IsFinite(value))
            _json.WriteNumber(name, value);
        else
            _json.WriteNull(name);
    }

    public void Add(string name, long value) => _json.WriteNumber(name, value);

    public void Add(string name, bool value) => _json.WriteBoolean(name, value);

    public void Add(string name, string value) => _json.WriteString(name, value);
}
