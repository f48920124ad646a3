namespace RecServe.Features;

/// <summary>
/// What the columns of a data set mean (<c>schema.json</c>): label, who the user and the item are, and the fields a model sees.
/// Immutable; parsed and checked by DataSchemaJson.
/// </summary>
public sealed record DataSchema
{
    /// <summary>Name of the data set; the default model name.</summary>
    public required string Name { get; init; }

    /// <summary>Column separator of the file; default a comma.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Whether the file's first line names the columns; default true.</summary>
    public bool Header { get; init; } = true;

    /// <summary>Column names of a file without a header, in order; null where the file has one.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Column of the label; the first task's where there are several.</summary>
    public required string LabelColumn { get; init; }

    /// <summary>A label at or above this is positive; null for a column of 0 and 1.</summary>
    public double? LabelAtLeast { get; init; }

    /// <summary>The labels of a model that learns several, at least one; empty where the schema names one <c>label</c>.</summary>
    public IReadOnlyList<TaskSchema> Tasks { get; init; } = [];

    /// <summary>Column of the example weight; null for weight 1.</summary>
    public string? Weight { get; init; }

    /// <summary>Columns that are there and not used.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Column that holds the user's id; null where the data has none.</summary>
    public string? User { get; init; }

    /// <summary>Column that holds the item's id; null where the data has none.</summary>
    public string? Item { get; init; }

    /// <summary>Column that orders the events (Unix seconds or milliseconds, or RFC 3339 text); null where the data has none.</summary>
    public string? Time { get; init; }

    /// <summary>File with one line per item, joined by <see cref="ItemsKey"/>; relative to the data file; null for none.</summary>
    public string? ItemsFile { get; init; }

    /// <summary>Key column of <see cref="ItemsFile"/>.</summary>
    public string? ItemsKey { get; init; }

    /// <summary>The fields, in model order within each side; at least one.</summary>
    public required IReadOnlyList<FieldSchema> Fields { get; init; }
}
