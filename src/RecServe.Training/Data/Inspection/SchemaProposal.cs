using System.Globalization;
using RecServe.Features;

namespace RecServe.Training.Data.Inspection;

/// <summary>A schema for a delimited file, guessed from its first rows, with what the guesses rest on.</summary>
public sealed record SchemaProposal
{
    /// <summary>Rows looked at, at most.</summary>
    public const int SampledRows = 100_000;

    // Bounds the memory of a file with thousands of columns: 12 bytes a cell.
    private const int SampledCells = 20_000_000;

    /// <summary>The proposed schema; null where no column looks like a label, or none is left as a field (see <see cref="Warnings"/>).</summary>
    public DataSchema? Schema { get; private init; }

    /// <summary>One entry a column, in file order.</summary>
    public required IReadOnlyList<ColumnStatistics> Columns { get; init; }

    /// <summary>What a person should look at before training.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Rows looked at.</summary>
    public required int Rows { get; init; }

    /// <summary>Looks at the first rows of a file (gzip too).</summary>
    /// <exception cref="DataFileException">It cannot be opened, or is no delimited text.</exception>
    public static SchemaProposal FromFile(string path, CancellationToken cancellation)
    {
        FileShape shape = FileShape.Of(path);
        var bad = new BadLines(int.MaxValue);
        string[]? names = shape.Header ? null : [.. Enumerable.Range(1, shape.Columns).Select(i => $"c{i}")];
        using var reader = new DelimitedReader(DataFile.Open(path, null), shape.Delimiter, true, names, 1 << 20, bad);
        ColumnSample[] columns = [.. reader.Columns.Select(name => new ColumnSample(name))];
        int rows = 0, most = Math.Min(SampledRows, SampledCells / columns.Length);
        while (rows < most && reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < columns.Length; i++)
                columns[i].Add(reader[i]);
            rows++;
        }

        if (rows == 0)
            throw new DataFileException($"{path}: has no rows");
        var warnings = new List<string>();
        if (bad.Count > 0)
            warnings.Add($"{bad.Count:N0} of the first {rows + bad.Count:N0} lines cannot be read; training will name them");
        return Propose(path, shape, columns, rows, warnings);
    }

    private static SchemaProposal Propose(string path, FileShape shape, ColumnSample[] columns, int rows, List<string> warnings)
    {
        RoleGuess roles = RoleGuess.Of(columns);
        double[] labels = roles.Label is null ? [] : [.. roles.Label.Numbers.Select(number => number >= (roles.AtLeast ?? 1) ? 1.0 : 0.0)];
        WarnAboutRoles(roles, labels, warnings);
        var fields = new List<FieldSchema>();
        var ignored = new List<string>();
        var statistics = new List<ColumnStatistics>();
        foreach (ColumnSample column in columns)
        {
            (string role, string reason) = ("ignore", "");
            if (column == roles.Label)
                (role, reason) = ("label", roles.AtLeast is { } least ? string.Create(CultureInfo.InvariantCulture, $"positive from {least}") : "0 or 1");
            else if (column == roles.Time)
                (role, reason) = ("time", "orders the events");
            else if (Useless(column, roles, labels, warnings) is { } useless)
                reason = useless;
            else
                (role, reason) = AddField(column, roles, fields, warnings);
            if (role == "ignore" && column.Name.Length > 0)
                ignored.Add(column.Name);
            statistics.Add(new ColumnStatistics(column.Name, role, reason, column.Distinct, column.Missing, column.Examples));
        }

        string[] spaced = [.. columns.Where(column => column.HasOuterSpaces && fields.Any(field => field.Name == column.Name)).Select(column => column.Name)];
        if (spaced.Length > 0)
            warnings.Add($"values begin or end with a space in {string.Join(", ", spaced.Take(10))}{(spaced.Length > 10 ? " …" : "")}: a request must send the same spaces");
        if (fields.Count == 0)
            warnings.Add("no column is left to learn from");
        bool possible = roles.Label is not null && fields.Count > 0;
        return new SchemaProposal
        {
            Columns = statistics,
            Warnings = warnings,
            Rows = rows,
            Schema = !possible ? null : new DataSchema
            {
                Name = NameOf(path),
                Delimiter = shape.Delimiter,
                Header = shape.Header,
                Columns = shape.Header ? null : [.. columns.Select(column => column.Name)],
                LabelColumn = roles.Label!.Name,
                LabelAtLeast = roles.AtLeast,
                Ignore = ignored,
                User = roles.User?.Name,
                Item = roles.Item?.Name,
                Time = roles.Time?.Name,
                Fields = fields,
            },
        };
    }

    private static void WarnAboutRoles(RoleGuess roles, double[] labels, List<string> warnings)
    {
        if (roles.Label is null)
            warnings.Add("no column looks like a label: none has the values 0 and 1 alone, and none is a rating");
        else if (!roles.LabelByName)
            warnings.Add($"'{roles.Label.Name}' is taken as the label because its values are 0 and 1");
        if (labels.Length > 0 && labels.Average() is var share && share is < 0.001 or > 0.999)
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{share:P2} of the labels are 1"));
        if (roles.User is null)
            warnings.Add("no column looks like a user id: there will be no AUC per user, and no split by user");
        if (roles.Item is null)
            warnings.Add("no column looks like an item id: requests must carry every item's features");
    }

    // Why a column is better left out, or null.
    private static string? Useless(ColumnSample column, RoleGuess roles, double[] labels, List<string> warnings)
    {
        string? reason = column switch
        {
            _ when column.Name.Length == 0 => "it has no name",
            _ when column.Name.Length > SchemaLimits.NameLength || column.Name.Any(char.IsControl) => "its name is too long or has control characters",
            { Distinct: 0 } => "always empty",
            { Distinct: 1, Missing: 0 } => "always the same value",
            _ when column == roles.User || column == roles.Item => null,
            _ when column.IsUnique && column.Present >= 100 && (column.IsWhole || !column.IsNumeric) => "a different value on every line",
            _ when labels.Length > 0 && FieldGuess.TellsLabel(column, labels) => "tells the label without fail: known only afterwards?",
            _ => null,
        };
        if (reason is not null)
            warnings.Add($"'{column.Name}' is left out: {reason}");
        return reason;
    }

    private static (string Role, string Reason) AddField(ColumnSample column, RoleGuess roles, List<FieldSchema> fields, List<string> warnings)
    {
        (FieldSchema field, string kindReason) = FieldGuess.Kind(column, column == roles.User || column == roles.Item);
        (FieldSide side, string sideReason) = FieldGuess.Side(column, roles);
        fields.Add(field with { Side = side });
        if (column.Missing * 2 > column.Values.Count)
            warnings.Add($"'{column.Name}' is empty on {100.0 * column.Missing / column.Values.Count:0} % of the lines");
        return ($"{side.ToString().ToLowerInvariant()} {field.Kind.ToString().ToLowerInvariant()}", $"{kindReason}; {sideReason}");
    }

    // A file's name without its endings, as far as it can name a model.
    private static string NameOf(string path)
    {
        string name = new([.. Path.GetFileName(path).Split('.')[0].Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        name = name.TrimStart('-', '_');
        return name.Length == 0 ? "data" : name[..Math.Min(name.Length, 100)];
    }
}
