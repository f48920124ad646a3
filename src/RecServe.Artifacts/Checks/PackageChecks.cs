namespace RecServe.Artifacts;

/// <summary>
/// What must hold of a package before it is written and after it is read. Messages start with the place: a file where one was read,
/// the part's own name where it comes from memory.
/// </summary>
internal static partial class PackageChecks
{
    /// <summary>Lineage, names and figures.</summary>
    public static void Header(string lineage, IReadOnlyList<PackageField> fields, IReadOnlyDictionary<string, double> metrics)
    {
        Name("lineage", lineage);
        if (fields.Count is 0 or > PackageLimits.Fields)
            throw new PackageException($"fields: has {fields.Count} entries, expected 1 to {PackageLimits.Fields}");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (PackageField field in fields)
        {
            Name("a field's name", field.Name);
            if (!names.Add(field.Name))
                throw new PackageException($"field '{field.Name}' stands twice");
            if (!float.IsFinite(field.Mean) || !float.IsFinite(field.Deviation) || field.Deviation <= 0)
                throw new PackageException($"field '{field.Name}': mean {field.Mean} and deviation {field.Deviation} must be finite, deviation above 0");
        }

        if (metrics.Count > PackageLimits.Metrics)
            throw new PackageException($"metrics: has {metrics.Count} entries, the limit is {PackageLimits.Metrics}");
        foreach ((string name, double value) in metrics)
        {
            Name("a metric's name", name);
            if (!double.IsFinite(value))
                throw new PackageException($"metrics.{name}: {value} is not a finite number");
        }
    }

    /// <summary>The dense tensors are exactly those of the architecture, in shape, and finite.</summary>
    public static void Dense(string place, IReadOnlyList<DenseTensor> dense, ModelArchitecture architecture, IReadOnlyList<PackageField> fields)
    {
        var byName = new Dictionary<string, DenseTensor>(StringComparer.Ordinal);
        foreach (DenseTensor tensor in dense)
        {
            if (!byName.TryAdd(tensor.Name, tensor))
                throw new PackageException($"{place}: tensor '{tensor.Name}' stands twice");
        }

        foreach ((string name, int[] shape) in DenseShapes.Of(architecture, fields))
        {
            if (!byName.Remove(name, out DenseTensor? tensor))
                throw new PackageException($"{place}: tensor '{name}' is missing");
            if (!shape.AsSpan().SequenceEqual([.. tensor.Shape]))
                throw new PackageException($"{place}: tensor '{name}' is [{string.Join(", ", tensor.Shape)}], expected [{string.Join(", ", shape)}]");
            long elements = shape.Aggregate(1L, (product, size) => product * size);
            if (tensor.Values.Length != elements)
                throw new PackageException($"{place}: tensor '{name}' has {tensor.Values.Length} values, its shape {elements}");
            if (FirstNotFinite(tensor.Values) is var at and >= 0)
                throw new PackageException($"{place}: tensor '{name}': {Index(at, shape)} is {tensor.Values[at]}");
        }

        if (byName.Count > 0)
            throw new PackageException($"{place}: tensor '{byName.Keys.Order(StringComparer.Ordinal).First()}' is no part of kind '{architecture.Kind}'");
    }

    private static void Name(string what, string name)
    {
        if (name.Length is 0 or > PackageLimits.NameLength)
            throw new PackageException($"{what} has {name.Length} characters, expected 1 to {PackageLimits.NameLength}");
    }

    private static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }

    private static string Index(int at, ReadOnlySpan<int> shape)
    {
        string index = "";
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            index = d == shape.Length - 1 ? $"{at % shape[d]}" : $"{at % shape[d]}, {index}";
            at /= shape[d];
        }

        return $"[{index}]";
    }
}
