using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Says that a file lacks a column, what it has, and what was probably meant.</summary>
internal static class MissingColumn
{
    private const int Shown = 50;

    public static string Message(RecordReader reader, string column, string role = "")
    {
        string found = string.Join(", ", reader.Columns.Take(Shown));
        string more = reader.Columns.Count > Shown ? $" and {reader.Columns.Count - Shown:N0} more" : "";
        return $"{reader.Path}: lacks column '{column}'{role}; it has: {found}{more}{NearestName.Hint(column, reader.Columns)}";
    }

    /// <summary>A file of one column was probably read with the wrong delimiter; names the one its header suggests.</summary>
    public static string? WrongDelimiter(RecordReader reader, char delimiter)
    {
        if (reader.Columns is not [var only])
            return null;
        (char Delimiter, string Name, int Count) best = ((ReadOnlySpan<char>)[',', '\t', ';', '|', ' ']).ToArray()
            .Where(candidate => candidate != delimiter)
            .Select(candidate => (candidate, candidate == '\t' ? "\\t" : candidate.ToString(), only.Count(c => c == candidate)))
            .MaxBy(candidate => candidate.Item3);
        string shown = delimiter == '\t' ? "\\t" : delimiter.ToString();
        return best.Count == 0 ? null
            : $"{reader.Path}: has only one column with the delimiter \"{shown}\"; its first line has {best.Count} of \"{best.Name}\": set format.delimiter to \"{best.Name}\"";
    }
}
