using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Networks;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Networks;

namespace RecServe.Compression.Tests;

public sealed class FieldRemovalTests
{
    /// <summary>Kinds with tasks are not compressed: the verb refuses them by name.</summary>
    public static TheoryData<ModelKind, int> EveryKindAndField()
    {
        var cases = new TheoryData<ModelKind, int>();
        foreach (ModelKind kind in Enum.GetValues<ModelKind>().Where(kind => kind is not (ModelKind.Mmoe or ModelKind.Ple or ModelKind.Moe)))
        {
            for (int field = 0; field < 5; field++)
                cases.Add(kind, field);
        }

        return cases;
    }

    [Theory, MemberData(nameof(EveryKindAndField))]
    public void Remove_with_the_mean_scores_as_if_every_sample_had_the_mean(ModelKind kind, int field)
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(kind);
        float[] mean = package.Tables[field].Mean;
        Assert.Contains(mean, x => x != 0);
        ModelPackage removed = FieldRemoval.Remove(package, field, mean);

        float[] expected = Evaluator.Logits(AtConstant(package, field, mean, data.Test, out Dataset constant), constant, 1);
        float[] actual = Evaluator.Logits(removed, FieldRemoval.Project(data.Test, package, removed), 1);
        AssertClose(expected, actual, 2e-6f);
    }

    [Theory, MemberData(nameof(EveryKindAndField))]
    public void Remove_with_zeros_leaves_no_table(ModelKind kind, int field)
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(kind);
        var zero = new float[package.Fields[field].Width];
        ModelPackage removed = FieldRemoval.Remove(package, field, zero);

        Assert.DoesNotContain(removed.Fields, f => f.Name == package.Fields[field].Name);
        float[] expected = Evaluator.Logits(AtConstant(package, field, zero, data.Test, out Dataset constant), constant, 1);
        AssertClose(expected, Evaluator.Logits(removed, FieldRemoval.Project(data.Test, package, removed), 1), 2e-6f);
    }

    [Theory]
    [InlineData(ModelKind.DcnV2), InlineData(ModelKind.DcnV2Stacked)]
    public void Remove_from_low_rank_experts_scores_as_if_every_sample_had_the_constant(ModelKind kind)
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(kind, crossExperts: 3);
        foreach (int field in (int[])[0, 2, 4])
        {
            foreach (float[] constant in (float[][])[new float[4], package.Tables[field].Mean])
            {
                ModelPackage removed = FieldRemoval.Remove(package, field, constant);
                float[] expected = Evaluator.Logits(AtConstant(package, field, constant, data.Test, out Dataset samples), samples, 1);
                AssertClose(expected, Evaluator.Logits(removed, FieldRemoval.Project(data.Test, package, removed), 1), 2e-6f);
                Assert.Equal(constant[0] == 0, removed.Fields.Count < package.Fields.Count);
            }
        }
    }

    [Fact]
    public void PackageNetwork_of_low_rank_experts_scores_as_the_package()
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(ModelKind.DcnV2, crossExperts: 2);
        using var team = new ThreadTeam(1);
        var network = new PackageNetwork(package, 64, team);
        AssertClose(Evaluator.Logits(package, data.Test, 1), network.Logits(network.Bind(data.Test)), 2e-6f);
        Assert.Equal(package.Tensor("cross.1.core.weight").Values, network.ToPackage(null).Tensor("cross.1.core.weight").Values);
    }

    [Fact]
    public void Remove_writes_a_package_that_reads_back()
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(ModelKind.DcnV2);
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            ModelPackage removed = FieldRemoval.Remove(FieldRemoval.Remove(package, 1, package.Tables[1].Mean), 2, new float[4]);
            PackageWriter.Write(removed, folder);
            ModelPackage read = PackageReader.Read(folder);
            Dataset projected = FieldRemoval.Project(data.Test, package, read);
            Assert.Equal(Evaluator.Logits(removed, projected, 1), Evaluator.Logits(read, projected, 1));
            Assert.Equal(["user", "tags", "item", "maker"], read.Fields.Select(f => f.Name));
            Assert.Empty(read.Tables[1].Keys);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Remove_of_the_last_field_of_a_side_is_refused()
    {
        (ModelPackage package, _) = SmallModel.Train(ModelKind.Mlp);
        ModelPackage left = FieldRemoval.Remove(package, 1, package.Tables[1].Mean);
        Assert.Null(FieldRemoval.Obstacle(left, 1));
        Assert.Contains("'user'", FieldRemoval.Obstacle(left, 0), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FieldRemoval.Remove(left, 0, left.Tables[0].Mean));
    }

    [Theory]
    [InlineData(ModelKind.Lr), InlineData(ModelKind.DeepFm), InlineData(ModelKind.DcnV2), InlineData(ModelKind.DcnV2Stacked)]
    public void PackageNetwork_scores_as_the_package_and_packages_what_it_loaded(ModelKind kind)
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(kind);
        Dataset unseen = data.Test with { Columns = [data.Test.Columns[0] with { Rows = [.. data.Test.Columns[0].Rows.Select((r, s) => s % 3 == 0 ? -1 : r)] }, .. data.Test.Columns.Skip(1)] };
        using var team = new ThreadTeam(1);
        var network = new PackageNetwork(package, 64, team);
        AssertClose(Evaluator.Logits(package, unseen, 1), network.Logits(network.Bind(unseen)), 2e-6f);
        ModelPackage again = network.ToPackage(null);
        Assert.Equal(package.Tables[0].Rows, again.Tables[0].Rows);
        Assert.Equal(package.Tables[3].Unknown, again.Tables[3].Unknown);
        Assert.Equal(package.Tables[1].Mean.Select(x => x), network.ToPackage(network.Bind(data.Train)).Tables[1].Mean.Select(x => x), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    /// <summary>The package with one more row in the field's table that holds the constant, and samples that all read it once.</summary>
    private static ModelPackage AtConstant(ModelPackage package, int field, float[] constant, Dataset data, out Dataset samples)
    {
        PackageTable table = package.Tables[field];
        samples = data with
        {
            Columns = [.. data.Columns.Select((column, f) => f != field ? column : new DatasetColumn([.. Enumerable.Repeat(table.Keys.Length, data.Samples)], null, null))],
        };
        PackageTable longer = table with { Keys = [.. table.Keys, ulong.MaxValue], Rows = [.. table.Rows, .. constant] };
        return package with { Tables = [.. package.Tables.Select((t, f) => f == field ? longer : t)] };
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(expected.Distinct().Count() > 10);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i] - expected[i], -tolerance * (1 + Math.Abs(expected[i])), tolerance * (1 + Math.Abs(expected[i])));
    }
}
