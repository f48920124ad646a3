using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using RecServe.Features;
using RecServe.Training.Data;
using RecServe.Training.Data.Inspection;

namespace RecServe.Cli.Inspect;

/// <summary>Shows a <see cref="SchemaProposal"/>.</summary>
internal static class DataReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // Column names in any script stay readable; the output is never pasted into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The proposed schema as a file.</summary>
    /// <exception cref="DataFileException">There is none to propose.</exception>
    public static byte[] Schema(string path, SchemaProposal proposal) => proposal.Schema is { } schema
        ? DataSchemaJson.Write(schema)
        : throw new DataFileException($"{path}: no schema can be proposed: {string.Join("; ", proposal.Warnings)}");

    /// <summary>One line a column, then the warnings.</summary>
    public static void WriteText(string path, SchemaProposal proposal, TextWriter writer)
    {
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {proposal.Rows:N0} rows looked at, {proposal.Columns.Count} columns"));
        int name = Math.Clamp(proposal.Columns.Max(column => column.Name.Length), 6, 30);
        writer.WriteLine($"  {"column".PadRight(name)}  {"proposed",-20}  {"distinct",9}  {"missing",9}  why; examples");
        foreach (ColumnStatistics column in proposal.Columns)
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {column.Name.PadRight(name)}  {column.Role,-20}  {column.Distinct,9:N0}  {column.Missing,9:N0}  {column.Reason}; {string.Join(" · ", column.Examples)}"));
        }

        foreach (string warning in proposal.Warnings)
            writer.WriteLine($"! {warning}");
    }

    /// <summary>Everything in one JSON object, on one line.</summary>
    public static string ToJson(string path, SchemaProposal proposal) => JsonSerializer.Serialize(
        new
        {
            File = path,
            proposal.Rows,
            proposal.Columns,
            proposal.Warnings,
            Schema = proposal.Schema is { } schema ? DataSchemaJson.ToElement(schema) : (JsonElement?)null,
        },
        Json);

    /// <summary>Writes a file that does not exist yet, whole or not at all.</summary>
    /// <exception cref="DataFileException">It exists: a schema that somebody corrected by hand is not overwritten.</exception>
    public static void WriteNew(string path, byte[] content)
    {
        if (File.Exists(path))
            throw new DataFileException($"{path}: exists already; remove it or name another file");
        string partial = path + ".partial";
        File.WriteAllBytes(partial, content);
        File.Move(partial, path, overwrite: false);
    }
}
