using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RecServe.Features;

public static partial class DataSchemaJson
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        NewLine = "\n",
        // Column names in any script stay readable; the file is never pasted into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a schema as indented UTF-8 JSON with every member that has a meaning for its field; equal schemas give equal bytes.</summary>
    public static byte[] Write(DataSchema schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
            WriteSchema(json, schema);
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    /// <summary>A schema as a JSON value, for a document that contains it.</summary>
    public static JsonElement ToElement(DataSchema schema)
    {
        using JsonDocument document = JsonDocument.Parse(Write(schema));
        return document.RootElement.Clone();
    }

    private static void WriteSchema(Utf8JsonWriter json, DataSchema schema)
    {
        json.WriteStartObject();
        json.WriteString("name", schema.Name);
        json.WriteStartObject("format");
        json.WriteString("delimiter", schema.Delimiter.ToString());
        json.WriteBoolean("header", schema.Header);
        if (schema.Columns is not null)
            WriteNames(json, "columns", schema.Columns);
        json.WriteEndObject();
        if (schema.Tasks.Count > 0)
        {
            WriteTasks(json, schema);
        }
        else
        {
            json.WriteStartObject("label");
            json.WriteString("column", schema.LabelColumn);
            if (schema.LabelAtLeast is { } atLeast)
                json.WriteNumber("at_least", atLeast);
            json.WriteEndObject();
        }

        json.WriteString("weight", schema.Weight);
        WriteNames(json, "ignore", schema.Ignore);
        json.WriteString("user", schema.User);
        json.WriteString("item", schema.Item);
        json.WriteString("time", schema.Time);
        if (schema.ItemsFile is not null)
        {
            json.WriteStartObject("items");
            json.WriteString("file", schema.ItemsFile);
            json.WriteString("key", schema.ItemsKey);
            json.WriteEndObject();
        }

        json.WriteStartArray("fields");
        foreach (FieldSchema field in schema.Fields)
            WriteField(json, field);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, FieldSchema field)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        json.WriteString("side", SchemaNames.Of(SchemaNames.Sides, field.Side));
        json.WriteString("kind", SchemaNames.Of(SchemaNames.Kinds, field.Kind));
        if (field.Kind == FieldKind.Numeric)
            json.WriteString("transform", SchemaNames.Of(SchemaNames.Transforms, field.Transform));
        if (field.Kind == FieldKind.Multi)
        {
            json.WriteString("separator", field.Separator.ToString());
            json.WriteString("pool", SchemaNames.Of(SchemaNames.Pools, field.Pool));
        }

        json.WriteNumber("dim", field.Dim);
        if (field.Kind != FieldKind.Numeric || field.Transform == NumericTransform.LogSquaredBucket)
        {
            if (field.HashBuckets == 0)
                json.WriteNumber("min_count", field.MinCount);
            json.WriteString("buckets", field.HashBuckets > 0 ? $"hash:{field.HashBuckets}" : "vocabulary");
        }

        if (field.From is { } from)
            json.WriteString("from", from.ToString());
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string member, IReadOnlyList<string> names)
    {
        json.WriteStartArray(member);
        foreach (string name in names)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
