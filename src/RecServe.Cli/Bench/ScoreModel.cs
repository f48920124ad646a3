using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Cli.Bench;

/// <summary>A package with random weights and empty tables: the dense part is all that is scored.</summary>
internal static class ScoreModel
{
    private static readonly int[] Hidden = [512, 256], ExpertWidths = [256, 128];
    private const int CrossLayers = 3;

    public static ModelPackage Create(ScoreBenchOptions options)
    {
        var random = new Random(options.Seed);
        string kind = options.Model.Split('-')[0];
        if (kind is "mmoe" or "ple" or "moe")
            return OfTasks(kind, options, random);
        string? structure = kind != "dcnv2" ? null : options.Model.Contains("stacked", StringComparison.Ordinal) ? "stacked" : "parallel";
        int cross = structure is null ? 0 : CrossLayers, fields = options.UserFields + options.ItemFields, inputs = fields * options.Dim, above = inputs;
        CrossMixture? mixture = options.Model.EndsWith("-mix", StringComparison.Ordinal) ? new CrossMixture { Experts = 4, Rank = Math.Min(32, inputs) } : null;
        var architecture = new ModelArchitecture { Kind = kind, Structure = structure, CrossLayers = cross, CrossMixture = mixture, Hidden = Hidden };

        // Weights of variance 1 / inputs keep every layer's outputs near 1, as training does.
        DenseTensor Draw(string tensor, float scale, params int[] shape) =>
            new(tensor, shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (random.NextSingle() - 0.5f) * scale)]);
        DenseTensor Matrix(string tensor, int rows, int columns) => Draw(tensor, MathF.Sqrt(12f / columns), rows, columns);
        var dense = new List<DenseTensor> { Draw("head.bias", 0.1f, 1) };
        dense.AddRange(architecture.CrossTensors(inputs).Select(tensor => tensor.Sizes is [int rows, int columns] ? Matrix(tensor.Name, rows, columns) : Draw(tensor.Name, 0.1f, tensor.Sizes)));
        for (int i = 0; i < Hidden.Length; above = Hidden[i++])
            dense.AddRange([Matrix($"mlp.{i}.weight", Hidden[i], above), Draw($"mlp.{i}.bias", 0.1f, Hidden[i])]);
        dense.Add(Draw("head.weight", 0.1f, Hidden[^1] + (structure == "parallel" ? inputs : 0)));

        return Package(options, kind == "deepfm", dense, architecture);
    }

    private static ModelPackage OfTasks(string kind, ScoreBenchOptions options, Random random)
    {
        var architecture = new ModelArchitecture
        {
            Kind = kind,
            Tasks = [new PackageTask("first", 1), new PackageTask("second", 1)],
            Experts = kind == "moe" ? null : new ExpertArchitecture { Shared = kind == "ple" ? 4 : 8, Specific = kind == "ple" ? 2 : 0, Widths = ExpertWidths, TopK = options.Model.EndsWith("-top-k", StringComparison.Ordinal) ? 2 : 0 },
            Sparse = kind != "moe" ? null : new SparseArchitecture
            {
                Width = ExpertWidths[1], Hidden = ExpertWidths[0], Networks = 8, Constants = 2, Copies = 1, Zeros = 1, TopK = 2, OneSet = true,
            },
        };
        IEnumerable<TensorShape> tensors = architecture.TaskTensors((options.UserFields + options.ItemFields) * options.Dim);
        float[] Draw(long count, float scale) => [.. Enumerable.Range(0, (int)count).Select(_ => (random.NextSingle() - 0.5f) * scale)];
        return Package(options, false, [.. tensors.Select(tensor => new DenseTensor(tensor.Name, tensor.Sizes,
            Draw(tensor.Length, tensor.Name.EndsWith(".weight", StringComparison.Ordinal) ? MathF.Sqrt(12f / tensor.Sizes[^1]) : 0.1f)))], architecture);
    }

    private static ModelPackage Package(ScoreBenchOptions options, bool linear, IReadOnlyList<DenseTensor> dense, ModelArchitecture architecture)
    {
        string[] names = [.. Enumerable.Range(0, options.UserFields + options.ItemFields).Select(i => $"f{i}")];
        return new ModelPackage
        {
            Lineage = "bench",
            Schema = JsonSerializer.SerializeToElement(new
            {
                name = "bench",
                label = new { column = "label" },
                fields = names.Select((field, i) => new { name = field, side = i < options.UserFields ? "user" : "item", kind = "categorical", dim = options.Dim }),
            }),
            Fields = [.. names.Select(field => new PackageField { Name = field, Dim = options.Dim, Linear = linear })],
            Architecture = architecture,
            Dense = dense,
            Tables = [],
        };
    }
}
