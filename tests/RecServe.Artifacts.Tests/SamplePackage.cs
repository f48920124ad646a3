using System.Text;
using System.Text.Json;

namespace RecServe.Artifacts.Tests;

/// <summary>Small packages of every kind, with values that are exact in fp32 and depend on the seed alone.</summary>
internal static class SamplePackage
{
    public static readonly string[] Kinds = ["lr", "fm", "mlp", "deepfm", "dcnv2", "dcnv2-stacked", "dcnv2-mix", "dcnv2-stacked-mix", "mmoe", "mmoe-top-k", "ple", "moe"];

    public static ModelPackage Of(string kind, int seed = 1)
    {
        var random = new Random(seed);
        bool linear = kind is "lr" or "fm" or "deepfm";
        int dim = kind == "lr" ? 0 : 4;
        bool tasks = kind is "mmoe" or "mmoe-top-k" or "ple" or "moe", deep = kind is not ("lr" or "fm") && !tasks, cross = kind.StartsWith("dcnv2", StringComparison.Ordinal);
        PackageField[] fields =
        [
            new() { Name = "userId", Dim = dim, Linear = linear },
            new() { Name = "age", Dim = dim, Linear = linear, Mean = 33.5f, Deviation = 7.25f },
            new() { Name = "genres/日本", Dim = dim, Linear = linear },
        ];
        var architecture = new ModelArchitecture
        {
            Kind = cross ? "dcnv2" : kind == "mmoe-top-k" ? "mmoe" : kind,
            Structure = !cross ? null : kind.Contains("stacked", StringComparison.Ordinal) ? "stacked" : "parallel",
            CrossLayers = cross ? 2 : 0,
            CrossMixture = kind.EndsWith("-mix", StringComparison.Ordinal) ? new CrossMixture { Experts = 3, Rank = 2 } : null,
            Hidden = deep ? [5, 3] : [],
            Tasks = tasks ? [new PackageTask("click", 1), new PackageTask("buy", 2.5)] : [],
            Sparse = kind != "moe" ? null : new SparseArchitecture
            {
                Width = 5, Networks = 2, Hidden = 3, Layers = 2, Constants = 1, Copies = 1, Zeros = 1, TopP = 0.625, UserInputs = 4, OneSet = true, Tower = [2],
            },
            Experts = kind is not ("mmoe" or "mmoe-top-k" or "ple") ? null : new ExpertArchitecture
            {
                Layers = kind == "ple" ? 2 : 1, Shared = 3, Specific = kind == "ple" ? 1 : 0, Widths = [5, 3], Tower = kind == "ple" ? [] : [2], TopK = kind == "mmoe-top-k" ? 2 : 0,
            },
        };
        return new ModelPackage
        {
            Lineage = "sample-" + kind,
            Schema = JsonDocument.Parse("""{"name":"sample","label":{"column":"clicked"},"fields":[{"name":"userId","side":"user","kind":"categorical","dim":4}]}""").RootElement,
            Fields = fields,
            Architecture = architecture,
            Dense = [.. DenseShapes.Of(architecture, fields).Select(d => new DenseTensor(d.Name, d.Shape, Floats(random, d.Shape.Aggregate(1, (a, b) => a * b))))],
            Tables =
            [
                Table(random, fields[0], [2, 7, 1UL << 63, ulong.MaxValue], unknown: true),
                Table(random, fields[1], [2], unknown: false),
                Table(random, fields[2], [], unknown: false),
            ],
            Catalogs = [Items(), new PackageCatalog { Entity = "users", IdBytes = [], IdOffsets = [0], Columns = [] }],
            Training = JsonDocument.Parse("""{"seed":1,"threads":2}""").RootElement,
            Metrics = new Dictionary<string, double> { ["valid_auc"] = 0.75, ["test_auc"] = 0.625 },
        };
    }

    private static PackageCatalog Items() => new()
    {
        Entity = "items",
        IdBytes = Encoding.UTF8.GetBytes("i1i22ü"),
        IdOffsets = [0, 2, 5, 7],
        Columns = [new PackageCatalogColumn("genres/日本", [5, ulong.MaxValue, 9], [0.5f, 0.5f, 1f], [0, 2, 2, 3])],
    };

    private static PackageTable Table(Random random, PackageField field, ulong[] keys, bool unknown) => new()
    {
        Name = field.Name,
        Width = field.Width,
        Keys = keys,
        Rows = Floats(random, keys.Length * field.Width),
        Mean = Floats(random, field.Width),
        Default = Floats(random, field.Width),
        Unknown = unknown ? Floats(random, field.Width) : null,
    };

    private static float[] Floats(Random random, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.Next(-64, 65) / 64f;
        return values;
    }
}
