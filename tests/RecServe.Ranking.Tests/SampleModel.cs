using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

/// <summary>Packages with random weights, and random gathered vectors for them.</summary>
internal sealed class SampleModel
{
    public static readonly string[] Kinds = ["lr", "fm", "mlp", "deepfm", "dcnv2", "dcnv2-stacked", "dcnv2-mix", "dcnv2-stacked-mix"];

    private readonly Random _random;

    public SampleModel(string kind, int[] userDims, int[] itemDims, int[] hidden, int cross, int seed)
    {
        _random = new Random(seed);
        bool linear = kind is "lr" or "fm" or "deepfm";
        int[] dims = [.. userDims, .. itemDims];
        if (kind == "lr")
            dims = new int[dims.Length];
        int inputs = dims.Sum();
        string[] names = [.. dims.Select((_, i) => $"f{i}")];
        int[] layers = kind is "lr" or "fm" ? [] : hidden;
        var fields = names.Select((name, i) => new PackageField { Name = name, Dim = dims[i], Linear = linear }).ToList();
        var dense = new List<DenseTensor> { Tensor("head.bias", 1) };
        int crossLayers = kind.StartsWith("dcnv2", StringComparison.Ordinal) ? cross : 0, above = inputs;
        bool dcn = crossLayers > 0, stacked = kind.Contains("stacked", StringComparison.Ordinal);
        var architecture = new ModelArchitecture
        {
            Kind = dcn ? "dcnv2" : kind,
            Structure = !dcn ? null : stacked ? "stacked" : "parallel",
            CrossLayers = crossLayers,
            CrossMixture = kind.EndsWith("-mix", StringComparison.Ordinal) ? new CrossMixture { Experts = 3, Rank = Math.Min(5, inputs) } : null,
            Hidden = layers,
        };
        dense.AddRange(architecture.CrossTensors(inputs).Select(tensor => Tensor(tensor.Name, tensor.Sizes)));
        for (int i = 0; i < layers.Length; above = layers[i++])
            dense.AddRange([Tensor($"mlp.{i}.weight", layers[i], above), Tensor($"mlp.{i}.bias", layers[i])]);
        if (layers.Length > 0)
            dense.Add(Tensor("head.weight", layers[^1] + (dcn && !stacked ? inputs : 0)));

        Package = new ModelPackage
        {
            Lineage = "test",
            Schema = Schema(names, userDims.Length),
            Fields = fields,
            Architecture = architecture,
            Dense = dense,
            Tables = [.. fields.Select(field => new PackageTable
            {
                Name = field.Name,
                Width = field.Width,
                Keys = [],
                Rows = [],
                Mean = Floats(field.Width),
                Default = Floats(field.Width),
            })],
        };
    }

    public ModelPackage Package { get; }

    public float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextSingle() * 2 - 1)];

    private DenseTensor Tensor(string name, params int[] shape)
    {
        // Weights of variance 1 / inputs keep every layer's outputs near 1, as training does.
        float scale = shape.Length > 1 || name == "head.weight" ? MathF.Sqrt(3f / shape[^1]) : 1;
        return new DenseTensor(name, shape, [.. Floats(shape.Aggregate(1, (a, b) => a * b)).Select(x => x * scale)]);
    }

    private static JsonElement Schema(string[] names, int users) => JsonSerializer.SerializeToElement(new
    {
        name = "sample",
        label = new { column = "label" },
        fields = names.Select((name, i) => new { name, side = i < users ? "user" : "item", kind = "categorical", dim = 4 }),
    });
}
