using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>All samples read so far, in file order, before they are divided.</summary>
/// <param name="fields">The fields, in model order.</param>
internal sealed class SampleLog(IReadOnlyList<FieldSchema> fields)
{
    /// <summary>The fields, in model order.</summary>
    public IReadOnlyList<FieldSchema> Fields { get; } = fields;

    /// <summary>0 or 1.</summary>
    public List<float> Labels { get; } = [];

    /// <summary>Labels of the schema's tasks after the first: 0, 1, or NaN where the cell was empty.</summary>
    public List<List<float>> FurtherLabels { get; } = [];

    /// <summary>Example weights; empty where the schema names none.</summary>
    public List<float> Weights { get; } = [];

    /// <summary>Number of the sample's user; empty where the schema names none.</summary>
    public List<int> Users { get; } = [];

    /// <summary>Number of the sample's item, −1 for an empty id; empty where the schema names none.</summary>
    public List<int> Items { get; } = [];

    /// <summary>Unix milliseconds; empty where the schema names no time.</summary>
    public List<long> Times { get; } = [];

    /// <summary>One column a field.</summary>
    public EntryColumn[] Columns { get; } = [.. fields.Select(_ => new EntryColumn(new KeyIndex()))];

    public IdIndex UserIds { get; } = new();

    public IdIndex ItemIds { get; } = new();

    /// <summary>Samples held.</summary>
    public int Count => Labels.Count;
}
