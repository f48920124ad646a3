using System.Text.Json;

namespace RecServe.Features;

/// <summary>Reads and writes <c>schema.json</c>; the format is docs/formats/schema.md.</summary>
public static partial class DataSchemaJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads a schema and checks everything that can be checked without the data.</summary>
    /// <param name="utf8">The file's bytes; at most <see cref="SchemaLimits.Bytes"/>.</param>
    /// <param name="fileName">Name for messages.</param>
    /// <exception cref="SchemaException">It is no JSON, or no schema; the message names the member.</exception>
    public static DataSchema Parse(ReadOnlySpan<byte> utf8, string fileName)
    {
        if (utf8.Length > SchemaLimits.Bytes)
            throw new SchemaException($"{fileName}: has {utf8.Length:N0} bytes; a schema has at most {SchemaLimits.Bytes:N0}");
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        try
        {
            using JsonDocument document = JsonDocument.Parse((utf8.StartsWith(mark) ? utf8[mark.Length..] : utf8).ToArray(), Options);
            return Parse(document.RootElement, fileName);
        }
        catch (JsonException error)
        {
            string where = error.LineNumber is { } line ? $" (line {line + 1})" : "";
            throw new SchemaException($"{fileName}: is not valid JSON{where}: {Sentence(error.Message)}", error);
        }
        catch (InvalidOperationException error)
        {
            // System.Text.Json reports a lone surrogate in an escape only when the text is read.
            throw new SchemaException($"{fileName}: a text in it is not valid UTF-8 or has half a surrogate pair", error);
        }
    }

    /// <summary>Reads a schema that stands inside another document, such as a package's manifest.</summary>
    /// <exception cref="SchemaException">It is no schema; the message names the member.</exception>
    public static DataSchema Parse(JsonElement schema, string fileName)
    {
        SchemaMember root = new SchemaMember(schema, "", fileName).Object(
            "name", "format", "label", "tasks", "weight", "ignore", "user", "item", "time", "items", "fields");
        DataSchema parsed = ReadFormat(root, new DataSchema
        {
            Name = ModelName(root.Required("name")),
            LabelColumn = "",
            Weight = root.Optional("weight")?.Name(),
            User = root.Optional("user")?.Name(),
            Item = root.Optional("item")?.Name(),
            Time = root.Optional("time")?.Name(),
            Ignore = [.. (root.Optional("ignore")?.Array(SchemaLimits.Columns) ?? []).Select(entry => entry.Name())],
            Fields = ReadFields(root.Required("fields")),
        });
        if (root.Optional("tasks") is { } tasks)
        {
            parsed = parsed with { Tasks = ReadTasks(root, tasks) };
            parsed = parsed with { LabelColumn = parsed.Tasks[0].Column, LabelAtLeast = parsed.Tasks[0].AtLeast };
        }
        else
        {
            SchemaMember label = root.Required("label").Object("column", "at_least");
            parsed = parsed with { LabelColumn = label.Required("column").Name(), LabelAtLeast = label.Optional("at_least")?.Number() };
        }

        if (root.Optional("items")?.Object("file", "key") is { } items)
            parsed = parsed with { ItemsFile = FilePath(items.Required("file")), ItemsKey = items.Required("key").Name() };
        CheckColumns(root, parsed);
        CheckDerived(root, parsed);
        return parsed;
    }

    private static DataSchema ReadFormat(SchemaMember root, DataSchema schema)
    {
        if (root.Optional("format")?.Object("delimiter", "header", "columns") is not { } format)
            return schema;
        bool header = format.Optional("header")?.Flag() ?? true;
        if (format.Optional("delimiter") is { } delimiter)
        {
            string text = delimiter.Text();
            if (text.Length != 1 || text[0] is '"' or '\r' or '\n' or '\0' or > '\x7e')
                throw delimiter.Error("expected one ASCII character other than a quote or a line break, such as \",\" or \"\\t\"");
            schema = schema with { Delimiter = text[0] };
        }

        if (format.Optional("columns") is { } columns)
        {
            if (header)
                throw columns.Error("names the columns of a file without a header line; set format.header to false");
            var seen = new HashSet<string>();
            foreach (SchemaMember column in columns.Array(SchemaLimits.Columns))
            {
                if (!seen.Add(column.Name()))
                    throw column.Error($"column '{column.Name()}' stands twice");
            }

            if (seen.Count == 0)
                throw columns.Error("is empty; name the file's columns in order");
            schema = schema with { Columns = [.. seen] };
        }
        else if (!header)
        {
            throw format.Required("header").Error("a file without a header line needs format.columns, the columns' names in order");
        }

        return schema with { Header = header };
    }

    private static string ModelName(SchemaMember member)
    {
        string name = member.Name();
        bool plain = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && char.IsAsciiLetterOrDigit(name[0]);
        return plain ? name : throw member.Error($"'{name}' is no name: letters, digits, '-', '_' and '.', the first one a letter or digit");
    }

    private static string FilePath(SchemaMember member)
    {
        string path = member.Text();
        return path.Length is > 0 and <= 4096 && !path.Contains('\0')
            ? path
            : throw member.Error("expected the name of a file, relative to the data file");
    }

    // System.Text.Json ends its messages with "LineNumber: 3 | BytePositionInLine: 8.": the line is already said in our own words.
    private static string Sentence(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
