using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

/// <summary>Packages of random weights: models with tasks, and others without first-order weights.</summary>
internal static class TaskModel
{
    public static ModelPackage Create(string kind, int[] userDims, int[] itemDims, int tasks, ExpertArchitecture experts, int seed)
    {
        var architecture = new ModelArchitecture
        {
            Kind = kind,
            Tasks = [.. Enumerable.Range(0, tasks).Select(t => new PackageTask($"t{t}", t + 0.5))],
            Experts = experts,
        };
        return Create(architecture, userDims, itemDims, seed);
    }

    public static ModelPackage Create(ModelArchitecture architecture, int[] userDims, int[] itemDims, int seed)
    {
        var random = new Random(seed);
        int[] dims = [.. userDims, .. itemDims];
        PackageField[] fields = [.. dims.Select((dim, i) => new PackageField { Name = $"f{i}", Dim = dim, Linear = false })];
        float[] Floats(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => ((random.NextSingle() * 2) - 1) * scale)];
        return new ModelPackage
        {
            Lineage = "test",
            Schema = JsonSerializer.SerializeToElement(new Dictionary<string, object>
            {
                ["name"] = "sample",
                [architecture.Tasks.Count == 0 ? "label" : "tasks"] = architecture.Tasks.Count == 0 ? new { column = "label" } : architecture.Tasks.Select(task => new { name = task.Name, column = task.Name }),
                ["fields"] = fields.Select((field, i) => new { name = field.Name, side = i < userDims.Length ? "user" : "item", kind = "categorical", dim = field.Dim }),
            }),
            Fields = fields,
            Architecture = architecture,
            Dense = [.. DenseShapes.Of(architecture, fields).Select(shape => new DenseTensor(shape.Name, shape.Shape,
                Floats(shape.Shape.Aggregate(1, (a, b) => a * b), shape.Name.EndsWith(".weight", StringComparison.Ordinal) ? MathF.Sqrt(6f / shape.Shape[^1]) : 0.5f)))],
            Tables = [.. fields.Select(field => new PackageTable { Name = field.Name, Width = field.Dim, Keys = [], Rows = [], Mean = Floats(field.Dim, 1), Default = Floats(field.Dim, 1) })],
        };
    }

    /// <summary>A tensor's values by its name.</summary>
    public static Func<string, T[]> Tensors<T>(ModelPackage package)
        where T : System.Numerics.INumberBase<T> => name => [.. package.Tensor(name).Values.Select(T.CreateChecked)];
}
