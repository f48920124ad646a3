using System.Text;
using RecServe.Artifacts;
using RecServe.Features;

namespace RecServe.Cli.Import;

/// <summary>
/// Builds a package's tables from tensors: of each field <c>F.rows</c> [rows, dim] and what its rows stand for, one of <c>F.values</c> (text, a value a line),
/// <c>F.ids</c> (whole numbers, whose decimal text is the value) and <c>F.keys</c> (row keys); optional <c>F.missing</c>, <c>F.unknown</c>, <c>F.default</c> and
/// <c>F.mean</c> [dim], and <c>F.statistics</c> [2], mean and deviation of a standardized number.
/// </summary>
internal sealed class ImportedTables(ITensorFiles files)
{
    private readonly HashSet<string> _taken = [];

    /// <summary>The field of a package.</summary>
    public PackageField Field(FieldSchema field)
    {
        float[] statistics = Vector($"{field.Name}.statistics", 2) ?? [0, 1];
        return new PackageField { Name = field.Name, Dim = field.Dim, Linear = false, Mean = statistics[0], Deviation = statistics[1] };
    }

    /// <summary>The table of a field.</summary>
    /// <exception cref="PackageException">A tensor is missing, or has another type or shape than it must; the message names it.</exception>
    public PackageTable Table(FieldSchema field)
    {
        string name = $"{field.Name}.rows";
        NumberTensor tensor = Take(name) ?? throw new PackageException($"{files.Place}: tensor '{name}' is missing");
        if (tensor.Shape.Count != 2 || tensor.Shape[1] != field.Dim)
            throw new PackageException($"{tensor.Name}: is [{string.Join(", ", tensor.Shape)}], expected [rows, {field.Dim}]: the dim of the field in the schema");
        float[] values = tensor.Floats();
        ulong[] keys = Keys(field, checked((int)tensor.Shape[0]));
        var rows = new List<(ulong Key, ReadOnlyMemory<float> Row)>([.. keys.Select((key, row) => (key, (ReadOnlyMemory<float>)values.AsMemory(row * field.Dim, field.Dim)))]);
        if (Vector($"{field.Name}.missing", field.Dim) is { } missing)
            rows.Add((RowKey.Missing, missing));
        rows.Sort((a, b) => a.Key.CompareTo(b.Key));
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i].Key == rows[i - 1].Key)
                throw new PackageException($"{files.Place}: two rows of field '{field.Name}' stand for one value (row key {rows[i].Key})");
        }

        // Rows weighed alike: how often each is looked up is not known here.
        float[] average = [.. Enumerable.Range(0, field.Dim).Select(i => keys.Length == 0 ? 0 : (float)Enumerable.Range(0, keys.Length).Average(row => (double)values[(row * field.Dim) + i]))];
        float[] common = Vector($"{field.Name}.default", field.Dim) ?? average;
        return new PackageTable
        {
            Name = field.Name,
            Width = field.Dim,
            Keys = [.. rows.Select(row => row.Key)],
            Rows = [.. rows.SelectMany(row => row.Row.ToArray())],
            Mean = Vector($"{field.Name}.mean", field.Dim) ?? common,
            Default = common,
            Unknown = Vector($"{field.Name}.unknown", field.Dim),
        };
    }

    /// <summary>Tensors that belong to no field, so that a misspelt name does not go unnoticed.</summary>
    public IReadOnlyList<string> Left => [.. files.Names.Where(name => !_taken.Contains(name))];

    private ulong[] Keys(FieldSchema field, int rows)
    {
        NumberTensor? values = Take($"{field.Name}.values"), ids = Take($"{field.Name}.ids"), keys = Take($"{field.Name}.keys");
        if (new[] { values, ids, keys }.Count(given => given is not null) > 1)
            throw new PackageException($"{files.Place}: field '{field.Name}' has more than one of values, ids and keys");
        ulong[] found = keys is not null ? keys.Bits()
            : values is not null ? [.. Lines(values).Select(RowKey.Of)]
            : ids is not null ? [.. ids.Decimals().Select(RowKey.Of)]
            : (field.HashBuckets > 0 && field.HashBuckets == rows) || (IsOneVector(field) && rows == 1) ? [.. Enumerable.Range(0, rows).Select(row => RowKey.NumericVector + (ulong)row)]
            : throw new PackageException($"{files.Place}: what the rows of field '{field.Name}' stand for is missing: give '{field.Name}.values', '{field.Name}.ids' or '{field.Name}.keys'");
        if (field.HashBuckets > 0 && (values ?? ids) is not null)
            throw new PackageException($"{files.Place}: field '{field.Name}' has {field.HashBuckets} buckets: its row n is that of bucket n, without values or ids");
        return found.Length == rows ? found : throw new PackageException($"{files.Place}: field '{field.Name}' has {rows} rows for {found.Length} values");
    }

    private static bool IsOneVector(FieldSchema field) => field.Kind == FieldKind.Numeric && field.Transform != NumericTransform.LogSquaredBucket;

    private static string[] Lines(NumberTensor text)
    {
        string all = text.Type == TensorType.U8 ? Encoding.UTF8.GetString(text.Bytes) : throw new PackageException($"{text.Name}: has elements of type {text.Type}, expected U8, the bytes of a text");
        return (all.EndsWith('\n') ? all[..^1] : all).Split('\n');
    }

    private float[]? Vector(string name, int length) => Take(name) is not { } tensor ? null
        : tensor.Shape.Count == 1 && tensor.Shape[0] == length ? tensor.Floats()
        : throw new PackageException($"{tensor.Name}: is [{string.Join(", ", tensor.Shape)}], expected [{length}]");

    private NumberTensor? Take(string name)
    {
        _taken.Add(name);
        return files.Find(name);
    }
}
