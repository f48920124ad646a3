using RecServe.Artifacts;
using RecServe.Compression.Experts;
using RecServe.Features;
using RecServe.Ranking;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;

namespace RecServe.Compression.Tests.Experts;

public sealed class ExpertPruningTests
{
    private const int Samples = 400;

    private static readonly SparseArchitecture Shape = new() { Width = 6, Hidden = 5, Networks = 4, Constants = 1, Copies = 1, Zeros = 1, TopK = 2, Layers = 2, Tower = [3] };

    public static TheoryData<string, SparseArchitecture> Shapes => new()
    {
        { "top-k", Shape }, { "one set, top-p", Shape with { OneSet = true, TopK = 0, TopP = 0.5 } }, { "by request", Shape with { UserInputs = 3 } },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Use_counts_what_the_scorer_counts(string name, SparseArchitecture shape)
    {
        Assert.NotEmpty(name);
        (ModelPackage package, Dataset data) = Model(shape, 3);
        IReadOnlyList<LayerUse> use = ExpertUse.Measure(package, data);
        IScorer scorer = ScorerFactory.Create(package);
        var users = new SideGather(scorer.Layout.User, package, data);
        var items = new SideGather(scorer.Layout.Item, package, data);
        float[] user = new float[Samples * users.Width], item = new float[Samples * items.Width], logits = new float[Samples * scorer.Outputs];
        users.Gather(0, Samples, user);
        items.Gather(0, Samples, item);
        scorer.ScoreRows(user, item, Samples, new float[scorer.ScratchFloats(Samples)], logits);
        Assert.Equal(((IExpertLoads)scorer).ExpertRows.Where((_, i) => i % shape.Experts < shape.FirstZero), use.SelectMany(layer => layer.Chosen[..shape.FirstZero]));
        Assert.All(use, layer => Assert.All(layer.Saliency, score => Assert.True(score >= 0)));
        Assert.All(use, layer => Assert.All(Enumerable.Range(0, 4), e => Assert.Equal(1, layer.Correlation[(e * 4) + e], 1e-9)));
    }

    [Fact]
    public void Network_that_nobody_takes_can_go_without_a_change_of_any_score()
    {
        (ModelPackage package, Dataset data) = Model(Shape with { Layers = 1, Constants = 0, Copies = 0, Zeros = 0, TopK = 1 }, 4);

        // h is never negative: a router row far below 0 is never chosen, in any router.
        package = package with
        {
            Dense = [.. package.Dense.Select(tensor => !tensor.Name.Contains(".router.", StringComparison.Ordinal) ? tensor
                : tensor with { Values = [.. tensor.Values.Select((value, i) => i / tensor.Shape[1] == 2 ? -50 : value)] })],
        };
        IReadOnlyList<LayerUse> use = ExpertUse.Measure(package, data);
        Assert.Equal(0, use[0].Chosen[2]);
        ModelPackage pruned = ExpertPruning.Prune(package, use, 3, ExpertMethod.Keep);
        Assert.Equal(3, pruned.Architecture.Sparse!.Networks);
        Same(Evaluator.TaskLogits(package, data, 1), Evaluator.TaskLogits(pruned, data, 1), 1e-5);
    }

    [Fact]
    public void Networks_that_are_one_in_another_order_of_units_become_that_one_again()
    {
        // Two networks and their twins, whose hidden units are exchanged; twins have equal router rows and are always taken together with half the gate each.
        SparseArchitecture shape = Shape with { Layers = 1, Constants = 0, Copies = 0, Zeros = 0, TopK = 4 };
        (ModelPackage package, Dataset data) = Model(shape, 5);
        int[] order = [3, 0, 4, 2, 1];
        DenseTensor Twin(DenseTensor tensor)
        {
            if (tensor.Name.Contains(".router.", StringComparison.Ordinal))
                return tensor with { Values = [.. tensor.Values[..12], .. tensor.Values[..12]] };
            if (!tensor.Name.StartsWith("moe.0.expert.2", StringComparison.Ordinal) && !tensor.Name.StartsWith("moe.0.expert.3", StringComparison.Ordinal))
                return tensor;
            float[] of = package.Tensor(tensor.Name.Replace("expert.2", "expert.0", StringComparison.Ordinal).Replace("expert.3", "expert.1", StringComparison.Ordinal)).Values;
            return tensor.Name.Split('.')[4..] switch
            {
                ["0", "weight"] => tensor with { Values = [.. order.SelectMany(unit => of[(unit * 6)..((unit + 1) * 6)])] },
                ["0", _] => tensor with { Values = [.. order.Select(unit => of[unit])] },
                ["1", "weight"] => tensor with { Values = [.. Enumerable.Range(0, 6).SelectMany(row => order.Select(unit => of[(row * 5) + unit]))] },
                _ => tensor with { Values = of },
            };
        }

        package = package with { Dense = [.. package.Dense.Select(Twin)] };
        ModelPackage merged = ExpertPruning.Prune(package, ExpertUse.Measure(package, data), 2, ExpertMethod.Merge);
        Assert.Equal((2, 2), (merged.Architecture.Sparse!.Networks, merged.Architecture.Sparse.TopK));
        Same(Evaluator.TaskLogits(package, data, 1), Evaluator.TaskLogits(merged, data, 1), 1e-4);
    }

    [Theory]
    [InlineData(ExpertMethod.Keep)]
    [InlineData(ExpertMethod.Merge)]
    public void Every_number_of_networks_gives_a_package_that_can_be_served(ExpertMethod method)
    {
        (ModelPackage package, Dataset data) = Model(Shape, 6);
        IReadOnlyList<LayerUse> use = ExpertUse.Measure(package, data);
        for (int networks = 1; networks <= 4; networks++)
        {
            ModelPackage pruned = ExpertPruning.Prune(package, use, networks, method);
            float[] logits = Evaluator.TaskLogits(pruned, data, 1);
            Assert.All(logits, logit => Assert.True(float.IsFinite(logit)));
            if (networks == 4)
                Same(Evaluator.TaskLogits(package, data, 1), logits, 1e-6);
        }
    }

    [Fact]
    public void What_cannot_be_pruned_is_refused()
    {
        (ModelPackage package, Dataset data) = Model(Shape, 7);
        IReadOnlyList<LayerUse> use = ExpertUse.Measure(package, data);
        Assert.Equal("5 networks a layer: the model has 4, so 1 to 4 can be left", Assert.Throws<CompressionException>(() => ExpertPruning.Prune(package, use, 5, ExpertMethod.Keep)).Message);
        Assert.StartsWith("a model of kind mlp has no sparse experts", Assert.Throws<CompressionException>(() =>
            ExpertPruning.Prune(package with { Architecture = new ModelArchitecture { Kind = "mlp", Hidden = [3] } }, use, 2, ExpertMethod.Keep)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Assignment_equals_the_best_of_all_permutations()
    {
        var random = new Random(8);
        for (int n = 1; n <= 6; n++)
        {
            for (int trial = 0; trial < 20; trial++)
            {
                double[] gain = [.. Enumerable.Range(0, n * n).Select(_ => (random.NextDouble() * 2) - 1)];
                int[] found = Assignment.Of(gain, n);
                Assert.Equal(Enumerable.Range(0, n), found.Order());
                Assert.Equal(Permutations(n).Max(columns => columns.Select((column, row) => gain[(row * n) + column]).Sum()), found.Select((column, row) => gain[(row * n) + column]).Sum(), 1e-9);
            }
        }
    }

    private static IEnumerable<int[]> Permutations(int n) => n == 0 ? [[]]
        : Permutations(n - 1).SelectMany(shorter => Enumerable.Range(0, n).Select(at => (int[])[.. shorter[..at], n - 1, .. shorter[at..]]));

    private static void Same(float[] expected, float[] actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
        Assert.True(expected.Distinct().Count() > 20);
    }

    private static (ModelPackage Package, Dataset Data) Model(SparseArchitecture shape, int seed)
    {
        var random = new Random(seed);
        float[] Floats(long count, float scale) => [.. Enumerable.Range(0, (int)count).Select(_ => ((random.NextSingle() * 2) - 1) * scale)];
        var architecture = new ModelArchitecture { Kind = "moe", Tasks = [new PackageTask("a", 1), new PackageTask("b", 1)], Sparse = shape };
        FieldSchema[] fields = [new() { Name = "user", Side = FieldSide.User, Kind = FieldKind.Categorical, Dim = 3 }, new() { Name = "item", Side = FieldSide.Item, Kind = FieldKind.Categorical, Dim = 4 }];
        ulong[] keys = [.. Enumerable.Range(10, 30).Select(key => (ulong)key)];
        var package = new ModelPackage
        {
            Lineage = "pruning",
            Schema = DataSchemaJson.ToElement(new DataSchema { Name = "small", LabelColumn = "a", Fields = fields, Tasks = [new TaskSchema { Name = "a", Column = "a" }, new TaskSchema { Name = "b", Column = "b" }] }),
            Fields = [.. fields.Select(field => new PackageField { Name = field.Name, Dim = field.Dim, Linear = false })],
            Architecture = architecture,
            Dense = [.. architecture.TaskTensors(7).Select(tensor => new DenseTensor(tensor.Name, tensor.Sizes, Floats(tensor.Length, tensor.Name.EndsWith(".weight", StringComparison.Ordinal) ? MathF.Sqrt(6f / tensor.Sizes[^1]) : 0.5f)))],
            Tables = [.. fields.Select(field => new PackageTable { Name = field.Name, Width = field.Dim, Keys = keys, Rows = Floats(30 * field.Dim, 1), Mean = new float[field.Dim], Default = new float[field.Dim] })],
        };
        int[] Rows() => [.. Enumerable.Range(0, Samples).Select(_ => random.Next(30))];
        float[] labels = [.. Enumerable.Range(0, Samples).Select(_ => (float)random.Next(2))];
        return (package, new Dataset(labels, null, null, [new DatasetColumn(Rows(), null, null), new DatasetColumn(Rows(), null, null)]) { FurtherLabels = [labels] });
    }
}
