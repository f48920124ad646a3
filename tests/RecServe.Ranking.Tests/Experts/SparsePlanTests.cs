using System.Numerics;
using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

public class SparsePlanTests
{
    private const int Users = 7, Items = 5;

    private static readonly SparseArchitecture Base = new() { Width = 9, Networks = 4, Hidden = 11, Constants = 2, Copies = 1, Zeros = 1, TopK = 2, Tower = [6] };

    public static TheoryData<string, SparseArchitecture> Shapes => new()
    {
        { "top-k", Base },
        { "one set for all tasks", Base with { OneSet = true, TopK = 3 } },
        { "top-p", Base with { TopK = 0, TopP = 0.4 } },
        { "top-p of everything", Base with { TopK = 0, TopP = 1 } },
        { "three layers with gating residuals", Base with { Layers = 3, Tower = [] } },
        { "layers, one set, top-p", Base with { Layers = 2, OneSet = true, TopK = 0, TopP = 0.5 } },
        { "the user decides", Base with { Layers = 2, UserInputs = Users } },
        { "networks alone, top-1", Base with { Constants = 0, Copies = 0, Zeros = 0, TopK = 1 } },
        { "every expert", Base with { TopK = 8 } },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Folded_over_the_user_equals_plain_and_the_slow_reference(string name, SparseArchitecture shape)
    {
        Assert.NotEmpty(name);
        foreach (int count in (int[])[1, 40, 252])
        {
            ModelPackage package = Package(shape, 2, 3);
            Check<double, DoubleWeights>(package, count, 1e-12);
            Check<float, FloatWeights>(package, count, 1e-4);
        }
    }

    [Fact]
    public void All_rows_to_one_network_is_one_product_over_all_rows_and_no_other_is_asked()
    {
        ModelPackage package = Drawn(Package(Base with { TopK = 1 }, 1, 4), expert: 2);
        long[] loads = Check<float, FloatWeights>(package, 100, 1e-4);
        Assert.Equal([0, 0, 100, 0, 0, 0, 0, 0], loads);
    }

    [Theory]
    [InlineData(100, 100, true)]
    [InlineData(252, 251, true)]
    [InlineData(252, 200, false)]
    [InlineData(252, 1, false)]
    public void Rows_are_taken_as_they_stand_only_where_gathering_them_costs_more(int rows, int count, bool standing)
    {
        ModelPackage package = Package(Base with { Width = 64, Hidden = 64 }, 2, 4);
        var layer = new SparseLayer<float, FloatWeights>(package.Architecture.Sparse!, 2, 0, Users, TaskModel.Tensors<float>(package));
        Assert.Equal(standing, layer.AsTheyStand(0, count, rows));
    }

    [Fact]
    public void Scores_do_not_depend_on_whether_rows_are_gathered()
    {
        // Each row leaves one of eight experts out, so that most rows take each; the model is so narrow that those who do not are computed too.
        ModelPackage package = Package(Base with { TopK = 7 }, 1, 4);
        long[] loads = Check<double, DoubleWeights>(package, 252, 1e-12);
        var layer = new SparseLayer<double, DoubleWeights>(package.Architecture.Sparse!, 1, 0, Users, TaskModel.Tensors<double>(package));
        Assert.Contains(loads[..4].Index(), load => load.Item < 252 && layer.AsTheyStand(load.Index, (int)load.Item, 252));
        Check<float, FloatWeights>(package, 252, 1e-4);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(6)]
    public void All_rows_to_a_zero_or_copying_expert_ask_no_network(int expert)
    {
        ModelPackage package = Drawn(Package(Base with { TopK = 1 }, 2, 5), expert);
        long[] loads = Check<float, FloatWeights>(package, 100, 1e-4);
        Assert.All(loads[..6], load => Assert.Equal(0, load));
    }

    [Fact]
    public void Zero_beside_a_network_leaves_the_network_a_gate_of_one()
    {
        Span<float> gates = stackalloc float[3];
        Kernels.ExpertChoice.Gates<float>([0.3f, 0.1f, 0.6f], [true, false, true], 2, true, gates);
        Assert.Equal([1, 0, 0], gates.ToArray());
        Kernels.ExpertChoice.Gates<float>([0.3f, 0.1f, 0.6f], [false, false, true], 2, true, gates);
        Assert.Equal([0, 0, 0], gates.ToArray());
    }

    [Fact]
    public void Scorer_counts_rows_by_expert_and_allocates_nothing()
    {
        ModelPackage package = Package(Base with { OneSet = true }, 2, 6);
        ISharedScorer scorer = ScorerFactory.Create(package);
        float[] user = new float[Users], items = [.. Enumerable.Range(0, 600 * Items).Select(i => (i % 13) / 7f)], scratch = new float[scorer.ScratchFloats(600)], logits = new float[600 * 3];
        int scored = 0;
        long least = Allocations.Least(() =>
        {
            scorer.Score(new RankBatch(user, items, 600), scratch, logits);
            scored++;
        });
        Assert.Equal(0, least);
        var loads = Assert.IsType<IExpertLoads>(scorer, exactMatch: false);
        Assert.Equal(600 * scored, loads.LayerRows);
        Assert.InRange(loads.ExpertRows.Sum(), 1L, 1200 * scored);
    }

    [Fact]
    public void Create_routers_that_read_another_number_of_user_floats_is_refused() => Assert.Equal(
        "manifest.json: architecture.sparse.user_inputs is 3; the user's and the context's fields have 7 floats",
        Assert.Throws<PackageException>(() => ScorerFactory.Create(Package(Base with { UserInputs = 3 }, 2, 7))).Message);

    private static ModelPackage Package(SparseArchitecture shape, int tasks, int seed) => TaskModel.Create(new ModelArchitecture
    {
        Kind = "moe", Tasks = [.. Enumerable.Range(0, tasks).Select(t => new PackageTask($"t{t}", 1))], Sparse = shape,
    }, [3, 4], [Items], seed);

    // Routers that give one expert far more than the others: h is never negative, its first number never 0.
    private static ModelPackage Drawn(ModelPackage package, int expert) => package with
    {
        Dense = [.. package.Dense.Select(tensor => !tensor.Name.Contains(".router.", StringComparison.Ordinal) ? tensor.Name != "stem.bias" ? tensor
            : tensor with { Values = [20, .. tensor.Values[1..]] }
            : tensor with { Values = [.. tensor.Values.Select((_, i) => i == expert * tensor.Shape[1] ? 10f : 0f)] })],
    };

    private static long[] Check<T, TWeights>(ModelPackage package, int count, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        int tasks = package.Architecture.Tasks.Count;
        var random = new Random(count);
        double[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => (double)((random.NextSingle() * 2) - 1))];
        double[] user = Draw(Users), rows = Draw(count * Items);
        var plan = new SparsePlan<T, TWeights>(package.Architecture.Sparse!, tasks, Users, Items, TaskModel.Tensors<T>(package));
        T[] request = Unset<T>(plan.RequestLength), once = Unset<T>(count * tasks), each = Unset<T>(count * tasks);
        plan.Share(In<T>(user), request);
        plan.Apply(SidedRows<T>.OfOneUser(request, In<T>(rows), Items, count), Unset<T>(plan.RowScratch(count)), once, tasks);
        long[] loads = [.. plan.ExpertRows];
        plan.Apply(SidedRows<T>.OfUsers(In<T>([.. Enumerable.Repeat(user, count).SelectMany(one => one)]), Users, In<T>(rows), Items, count),
            Unset<T>(plan.RowScratch(count)), each, tasks);
        var reference = new ReferenceSparse(package);
        for (int r = 0; r < count; r++)
        {
            double[] expected = reference.Logits([.. user, .. rows.AsSpan(r * Items, Items)], Users);
            for (int t = 0; t < tasks; t++)
            {
                double bound = tolerance * Math.Max(1, Math.Abs(expected[t]));
                Assert.Equal(expected[t], double.CreateChecked(once[(r * tasks) + t]), bound);
                Assert.Equal(expected[t], double.CreateChecked(each[(r * tasks) + t]), bound);
            }
        }

        Assert.Equal(reference.Loads, loads);
        return loads;
    }

    private static T[] In<T>(double[] values)
        where T : IFloatingPointIeee754<T> => [.. values.Select(T.CreateChecked)];

    private static T[] Unset<T>(int length)
        where T : IFloatingPointIeee754<T> => [.. Enumerable.Repeat(T.NaN, length)];
}
