using System.Text.Encodings.Web;
using System.Text.Json;

namespace RecServe.Artifacts;

public static partial class ManifestJson
{
    /// <summary>Indented UTF-8 JSON with a line feed at the end; members in a fixed order, so that equal manifests are equal bytes.</summary>
    public static byte[] Write(PackageManifest manifest)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteString("format", PackageManifest.Format);
            json.WriteNumber("format_version", PackageManifest.FormatVersion);
            json.WriteString("lineage", manifest.Lineage);
            WriteElement(json, "schema", manifest.Schema);
            WriteArray(json, "fields", manifest.Fields, WriteField);
            WriteArchitecture(json, manifest.Architecture);
            WriteArray(json, "tables", manifest.Tables, WriteTable);
            WriteArray(json, "catalogs", manifest.Catalogs, WriteCatalog);
            WriteElement(json, "training", manifest.Training);
            json.WriteStartObject("metrics");
            foreach ((string name, double value) in manifest.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal))
                json.WriteNumber(name, value);
            json.WriteEndObject();
            WriteElement(json, "compression", manifest.Compression);
            WriteArray(json, "files", manifest.Files, WriteFile);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteElement(Utf8JsonWriter json, string name, JsonElement? element)
    {
        json.WritePropertyName(name);
        if (element is { } value)
            value.WriteTo(json);
        else
            json.WriteNullValue();
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteField(Utf8JsonWriter json, PackageField field)
    {
        json.WriteString("name", field.Name);
        json.WriteNumber("dim", field.Dim);
        json.WriteBoolean("linear", field.Linear);
        json.WriteNumber("mean", field.Mean);
        json.WriteNumber("deviation", field.Deviation);
    }

    private static void WriteTable(Utf8JsonWriter json, ManifestTable table)
    {
        json.WriteString("name", table.Name);
        json.WriteNumber("width", table.Width);
        json.WriteNumber("rows", table.Rows);
        json.WriteBoolean("unknown", table.Unknown);
        json.WriteString("file", table.File);

        // A table of fp32 rows alone is written as it was before there were other formats, so that old readers read it.
        if (table.Sets is [{ Format.Name: "fp32" }])
            return;
        json.WriteStartObject("formats");
        foreach (ManifestRowSet set in table.Sets)
            json.WriteNumber(set.Format.Name, set.Rows);
        json.WriteEndObject();
    }

    private static void WriteCatalog(Utf8JsonWriter json, ManifestCatalog catalog)
    {
        json.WriteString("entity", catalog.Entity);
        json.WriteNumber("count", catalog.Count);
        json.WriteStartArray("columns");
        foreach (string column in catalog.Columns)
            json.WriteStringValue(column);
        json.WriteEndArray();
        json.WriteString("file", catalog.File);
    }

    private static void WriteFile(Utf8JsonWriter json, ManifestFile file)
    {
        json.WriteString("path", file.Path);
        json.WriteNumber("bytes", file.Bytes);
        json.WriteString("sha256", file.Sha256);
    }
}
