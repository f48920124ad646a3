using System.Numerics;
using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

public class ExpertPlanTests
{
    public static TheoryData<int, int, int, int, int, int[], int[]> Shapes() => new()
    {
        // layers, shared, specific, tasks, seed, widths, tower
        { 1, 8, 0, 2, 1, [13, 7], [5] },
        { 1, 1, 0, 1, 2, [9], [] },
        { 1, 3, 0, 5, 3, [33, 17, 4], [] },
        { 1, 2, 1, 2, 4, [8, 20], [9, 3] },
        { 2, 1, 1, 2, 5, [16, 8], [4] },
        { 3, 2, 2, 3, 6, [11], [] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Folded_over_the_user_equals_plain_and_the_reference_to_1e12(int layers, int shared, int specific, int tasks, int seed, int[] widths, int[] tower)
    {
        var shape = new ExpertArchitecture { Layers = layers, Shared = shared, Specific = specific, Widths = widths, Tower = tower };
        foreach ((int[] users, int[] items, int count) in (ReadOnlySpan<(int[], int[], int)>)
            [([3, 5, 2], [4, 6], 19), ([], [4, 3], 6), ([7], [], 3), ([1], [1], 1), ([40], [1], 30)])
        {
            ModelPackage package = TaskModel.Create(layers == 1 && specific == 0 ? "mmoe" : "ple", users, items, tasks, shape, seed);
            double[][] expected = Check<double, DoubleWeights>(package, users, items, count, seed, 1e-12).Logits;
            double[][] actual = Check<float, FloatWeights>(package, users, items, count, seed, 1e-4).Logits;
            for (int r = 0; r < count; r++)
                Assert.All(expected[r].Zip(actual[r]), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    [Theory]
    [InlineData(8, 2, 2, new[] { 13, 7 })]
    [InlineData(8, 1, 2, new[] { 13, 7 })]
    [InlineData(5, 4, 3, new[] { 9 })]
    [InlineData(4, 4, 1, new[] { 33, 17, 4 })]
    public void Rows_that_take_a_few_experts_equal_the_reference_and_are_counted(int shared, int topK, int tasks, int[] widths)
    {
        var shape = new ExpertArchitecture { Shared = shared, TopK = topK, Widths = widths, Tower = [5] };
        foreach ((int[] users, int[] items, int count) in (ReadOnlySpan<(int[], int[], int)>)[([3, 5, 2], [4, 6], 252), ([], [4, 3], 60), ([7], [], 3), ([1], [1], 1)])
        {
            ModelPackage package = TaskModel.Create("mmoe", users, items, tasks, shape, shared + topK);
            Check<double, DoubleWeights>(package, users, items, count, 7, 1e-12);
            Check<float, FloatWeights>(package, users, items, count, 7, 1e-4);
        }
    }

    [Fact]
    public void All_rows_to_one_expert_is_one_product_over_all_rows_and_no_other_is_asked()
    {
        var shape = new ExpertArchitecture { Shared = 6, TopK = 1, Widths = [13, 7], Tower = [5] };
        ModelPackage package = TaskModel.Create("mmoe", [4], [5], 2, shape, 9);
        package = package with { Dense = [.. package.Dense.Select(tensor => tensor.Name is "gate.0.0.bias" or "gate.0.1.bias" ? tensor with { Values = [0, 0, 0, 50, 0, 0] } : tensor)] };
        long[] loads = Check<float, FloatWeights>(package, [4], [5], 100, 3, 1e-4).Loads;
        Assert.Equal([0, 0, 0, 100, 0, 0], loads);
    }

    [Theory]
    [InlineData(252, 252, true)]
    [InlineData(251, 252, true)]
    [InlineData(150, 252, false)]
    [InlineData(1, 252, false)]
    public void Rows_are_taken_as_they_stand_only_where_gathering_them_costs_more(int taken, int rows, bool standing)
    {
        var shape = new ExpertArchitecture { Shared = 4, TopK = 2, Widths = [64, 32], Tower = [5] };
        ModelPackage package = TaskModel.Create("mmoe", [16], [64], 2, shape, 9);
        var stage = new ExpertStage<float, FloatWeights>(shape, 2, 0, 16, 64, TaskModel.Tensors<float>(package));
        Assert.Equal(standing, stage.AsTheyStand(taken, rows));
    }

    // Both ways of scoring against each other and the formula; gives the logits.
    private static (double[][] Logits, long[] Loads) Check<T, TWeights>(ModelPackage package, int[] userDims, int[] itemDims, int count, int seed, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        int users = userDims.Sum(), items = itemDims.Sum(), tasks = package.Architecture.Tasks.Count;
        var random = new Random(seed);
        double[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => (double)((random.NextSingle() * 2) - 1))];
        double[] user = Draw(users), rows = Draw(count * items);
        var plan = new ExpertPlan<T, TWeights>(package.Architecture.Experts!, tasks, users, items, TaskModel.Tensors<T>(package));
        T[] request = Unset<T>(plan.RequestLength), once = Unset<T>(count * tasks), each = Unset<T>(count * tasks);
        plan.Share(In<T>(user), request);
        plan.Apply(SidedRows<T>.OfOneUser(request, In<T>(rows), items, count), Unset<T>(plan.RowScratch(count)), once, tasks);
        T[] repeated = In<T>([.. Enumerable.Repeat(user, count).SelectMany(one => one)]);
        plan.Apply(SidedRows<T>.OfUsers(repeated, users, In<T>(rows), items, count), Unset<T>(plan.RowScratch(count)), each, tasks);

        var reference = new ReferenceModel(package);
        double[][] logits = [.. Enumerable.Range(0, count).Select(r =>
        {
            double[] x = [.. user, .. rows.AsSpan(r * items, items)];
            int at = 0;
            double[] expected = reference.TaskLogits([.. package.Fields.Select(field => x[at..(at += field.Dim)])]);
            for (int t = 0; t < tasks; t++)
            {
                double bound = tolerance * Math.Max(1, Math.Abs(expected[t]));
                Assert.Equal(expected[t], double.CreateChecked(once[(r * tasks) + t]), bound);
                Assert.Equal(expected[t], double.CreateChecked(each[(r * tasks) + t]), bound);
            }

            return expected;
        })];

        // Both ways, and none more: a gate whose row takes it is never 0 in these models.
        Assert.Equal(package.Architecture.Experts!.TopK == 0 ? [] : [.. reference.Loads.Values.Select(rows => 2 * rows)], plan.ExpertRows);
        return (logits, [.. reference.Loads.Values]);
    }

    private static T[] In<T>(double[] values)
        where T : IFloatingPointIeee754<T> => [.. values.Select(T.CreateChecked)];

    private static T[] Unset<T>(int length)
        where T : IFloatingPointIeee754<T> => [.. Enumerable.Repeat(T.NaN, length)];
}
