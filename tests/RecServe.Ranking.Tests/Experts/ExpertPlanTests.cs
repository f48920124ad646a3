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
            double[][] expected = Check<double, DoubleWeights>(package, users, items, count, seed, 1e-12);
            double[][] actual = Check<float, FloatWeights>(package, users, items, count, seed, 1e-4);
            for (int r = 0; r < count; r++)
                Assert.All(expected[r].Zip(actual[r]), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    // Both ways of scoring against each other and the formula; gives the logits.
    private static double[][] Check<T, TWeights>(ModelPackage package, int[] userDims, int[] itemDims, int count, int seed, double tolerance)
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
        return [.. Enumerable.Range(0, count).Select(r =>
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
    }

    private static T[] In<T>(double[] values)
        where T : IFloatingPointIeee754<T> => [.. values.Select(T.CreateChecked)];

    private static T[] Unset<T>(int length)
        where T : IFloatingPointIeee754<T> => [.. Enumerable.Repeat(T.NaN, length)];
}
