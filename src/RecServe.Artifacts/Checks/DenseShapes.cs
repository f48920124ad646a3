namespace RecServe.Artifacts;

/// <summary>The dense tensors that an architecture has, and the rules that fields must keep for it.</summary>
public static class DenseShapes
{
    /// <summary>Name and shape of every dense tensor of a model, in forward order.</summary>
    /// <param name="architecture">Kind and layer sizes.</param>
    /// <param name="fields">The fields; the width of x is the sum of their dims.</param>
    /// <exception cref="PackageException">The kind is unknown, or layers or fields do not fit it.</exception>
    public static IReadOnlyList<(string Name, int[] Shape)> Of(ModelArchitecture architecture, IReadOnlyList<PackageField> fields)
    {
        Check(architecture, fields);
        int x = fields.Sum(f => f.Dim);
        if (architecture.Tasks.Count > 0)
            return [.. architecture.TaskTensors(x).Select(tensor => (tensor.Name, tensor.Sizes))];
        bool parallel = architecture.Structure == "parallel";
        var shapes = new List<(string, int[])>(architecture.CrossTensors(x).Select(tensor => (tensor.Name, tensor.Sizes)));
        int inputs = x;
        for (int i = 0; i < architecture.Hidden.Count; i++)
        {
            shapes.Add(($"mlp.{i}.weight", [architecture.Hidden[i], inputs]));
            shapes.Add(($"mlp.{i}.bias", [inputs = architecture.Hidden[i]]));
        }

        if (architecture.Hidden.Count > 0)
            shapes.Add(("head.weight", [parallel ? x + inputs : inputs]));
        shapes.Add(("head.bias", [1]));
        return shapes;
    }

    private static void Check(ModelArchitecture architecture, IReadOnlyList<PackageField> fields)
    {
        (bool linear, bool embedding, bool equalDims, bool deep, bool cross) = architecture.Kind switch
        {
            "lr" => (true, false, true, false, false),
            "fm" => (true, true, true, false, false),
            "mlp" => (false, true, false, true, false),
            "deepfm" => (true, true, true, true, false),
            "dcnv2" => (false, true, false, true, true),
            "mmoe" or "ple" or "moe" => (false, true, false, false, false),
            _ => throw Wrong($"kind '{architecture.Kind}' is not known (lr, fm, mlp, deepfm, dcnv2, mmoe, ple, moe)"),
        };
        TaskModelRules.Check(architecture);
        if (cross ? architecture.Structure is not ("parallel" or "stacked") : architecture.Structure is not null)
            throw Wrong($"structure '{architecture.Structure}' does not fit kind '{architecture.Kind}' (dcnv2: parallel or stacked; others: none)");
        CheckLayers("cross_layers", architecture.Kind, cross, architecture.CrossLayers);
        if (architecture.CrossMixture is not null && !cross)
            throw Wrong($"cross_mixture is there, kind '{architecture.Kind}' has no cross layers");
        architecture.CrossMixture?.Check(fields.Sum(f => f.Dim));
        CheckLayers("hidden", architecture.Kind, deep, architecture.Hidden.Count);
        foreach (int width in architecture.Hidden)
        {
            if (width is < 1 or > PackageLimits.LayerWidth)
                throw Wrong($"hidden layer of {width} outputs, expected 1 to {PackageLimits.LayerWidth}");
        }

        foreach (PackageField field in fields)
        {
            if (field.Linear != linear)
                throw new PackageException($"field '{field.Name}': linear is {(field.Linear ? "true" : "false")}, kind '{architecture.Kind}' wants {(linear ? "true" : "false")}");
            if (field.Dim > PackageLimits.Dim || (field.Dim > 0) != embedding)
                throw new PackageException($"field '{field.Name}': dim is {field.Dim}, kind '{architecture.Kind}' wants {(embedding ? $"1 to {PackageLimits.Dim}" : "0")}");
            if (equalDims && field.Dim != fields[0].Dim)
                throw new PackageException($"field '{field.Name}': dim is {field.Dim}, that of '{fields[0].Name}' is {fields[0].Dim}; kind '{architecture.Kind}' wants equal ones");
        }
    }

    private static void CheckLayers(string member, string kind, bool wanted, int count)
    {
        if (wanted ? count is < 1 or > PackageLimits.Layers : count != 0)
            throw Wrong($"{member} has {count} layers, kind '{kind}' wants {(wanted ? $"1 to {PackageLimits.Layers}" : "none")}");
    }

    private static PackageException Wrong(string reason) => new($"architecture: {reason}");
}
