using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

public class ExplainerTests
{
    public static TheoryData<string> Kinds() => new(SampleModel.Kinds);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Explain_contributions_sum_to_the_logit_difference(string kind)
    {
        foreach ((int users, int items) in ((int, int)[])[(1, 1), (2, 0), (0, 2), (3, 3), (20, 6)])
        {
            var sample = new ExplainSample(kind, users, items, users);
            Explanation explanation = sample.Explain(sample.Explainer());
            Assert.Equal(sample.Fields, explanation.Contributions.Count);
            Assert.Equal(explanation.Logit - explanation.BaseLogit, explanation.Contributions.Sum(), 1e-5);
            Assert.Equal(sample.Logit(-1), explanation.Logit, 1e-5 * Math.Max(1, Math.Abs(explanation.Logit)));
            Assert.Equal(sample.Logit(0), explanation.BaseLogit, 1e-5 * Math.Max(1, Math.Abs(explanation.BaseLogit)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ExplainByOrders_all_orders_of_6_fields_equals_the_enumeration(string kind)
    {
        var sample = new ExplainSample(kind, 4, 2, 71);
        int[][] orders = [.. ExplainSample.Permutations([0, 1, 2, 3, 4, 5])];
        Assert.Equal(720, orders.Length);
        Explainer explainer = sample.Explainer();
        AssertClose(explainer.ExplainExact(sample.User, sample.Item).Contributions,
            explainer.ExplainByOrders(sample.User, sample.Item, orders).Contributions, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ExplainExact_6_fields_equals_the_definition_in_double(string kind)
    {
        var sample = new ExplainSample(kind, 3, 3, 72);
        AssertClose(sample.ShapleyValues(), sample.Explainer().ExplainExact(sample.User, sample.Item).Contributions, 2e-5);
    }

    [Theory]
    [InlineData("lr")]
    [InlineData("fm")]
    public void Explain_closed_form_equals_the_definition_in_double(string kind)
    {
        var sample = new ExplainSample(kind, 4, 4, 73);
        sample.Scorer.Rows = 0;
        Explainer explainer = sample.Explainer();
        AssertClose(sample.ShapleyValues(), sample.Explain(explainer).Contributions, 1e-9);
        Assert.Equal(1, sample.Scorer.Rows);
    }

    [Fact]
    public void ExplainByOrders_an_order_and_its_reverse_divides_pairs_exactly()
    {
        var sample = new ExplainSample("fm", 4, 3, 74);
        AssertClose(sample.ShapleyValues(),
            sample.Explainer().ExplainByOrders(sample.User, sample.Item, [[3, 1, 6, 0, 2, 5, 4], [4, 5, 2, 0, 6, 1, 3]]).Contributions, 2e-5);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("dcnv2")]
    [InlineData("dcnv2-stacked")]
    [InlineData("dcnv2-mix")]
    public void Explain_reversed_pairs_of_orders_are_nearer_than_independent_ones(string kind)
    {
        var sample = new ExplainSample(kind, 5, 4, 75);
        IReadOnlyList<double> exact = sample.Explainer().ExplainExact(sample.User, sample.Item).Contributions;
        double Error(Explanation explanation) => explanation.Contributions.Zip(exact, (a, b) => (a - b) * (a - b)).Sum();
        double paired = 0, independent = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            int[][] orders = [.. Enumerable.Range(0, 16).Select(_ =>
            {
                int[] order = [.. Enumerable.Range(0, 9)];
                random.Shuffle(order);
                return order;
            })];
            Explainer explainer = sample.Explainer(seed: seed);
            paired += Error(sample.Explain(explainer));
            independent += Error(explainer.ExplainByOrders(sample.User, sample.Item, orders));
        }

        Assert.True(paired < 0.7 * independent, $"paired {paired}, independent {independent}");
    }

    [Theory]
    [InlineData(3, 3, 16, 64)]
    [InlineData(4, 4, 16, 16 * 7 + 1)]
    [InlineData(20, 6, 16, 16 * 25 + 1)]
    [InlineData(20, 6, 33, 33 * 25 + 1)]
    public void Explain_scores_no_more_rows_than_stated(int users, int items, int orders, int expected)
    {
        var sample = new ExplainSample("mlp", users, items, 76);
        Explainer explainer = sample.Explainer(orders);
        sample.Scorer.Rows = 0;
        sample.Explain(explainer);
        Assert.Equal(expected, sample.Scorer.Rows);
    }

    [Fact]
    public void Explain_field_at_its_mean_contributes_nothing()
    {
        var sample = new ExplainSample("dcnv2", 6, 6, 77);
        sample.Model.Package.Tables[2].Mean.CopyTo(sample.User.AsSpan(2 * 4));
        Assert.Equal(0, sample.Explain(sample.Explainer()).Contributions[2], 1e-12);
    }

    [Fact]
    public void Explain_equal_seeds_are_equal_and_others_differ()
    {
        var sample = new ExplainSample("dcnv2", 6, 6, 78);
        IReadOnlyList<double> first = sample.Explain(sample.Explainer(seed: 5)).Contributions;
        Assert.Equal(first, sample.Explain(sample.Explainer(seed: 5)).Contributions);
        Assert.NotEqual(first, sample.Explain(sample.Explainer(seed: 6)).Contributions);
    }

    [Fact]
    public void Explain_bad_arguments_throw_expected_and_actual()
    {
        var sample = new ExplainSample("mlp", 6, 6, 79);
        Explainer explainer = sample.Explainer();
        Assert.Equal("expected 24 user and 24 item floats, got 23 and 24",
            Assert.Throws<ArgumentException>(() => explainer.Explain(new float[23], new float[24])).Message);
        Assert.StartsWith("enumeration takes at most 10 fields, the model has 12",
            Assert.Throws<ArgumentException>(() => explainer.ExplainExact(sample.User, sample.Item)).Message);
        Assert.StartsWith("[0, 0, 1] is no order of the fields 0 to 11",
            Assert.Throws<ArgumentException>(() => explainer.ExplainByOrders(sample.User, sample.Item, [[0, 0, 1]])).Message);
        Assert.Throws<ArgumentException>(() => explainer.ExplainByOrders(sample.User, sample.Item, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => sample.Explainer(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => sample.Explainer(4097));
    }

    [Fact]
    public void Explainer_tables_that_do_not_fit_throw()
    {
        ModelPackage package = new SampleModel("fm", [4], [4], [], 0, 80).Package;
        IScorer scorer = ScorerFactory.Create(package);
        Assert.Throws<ArgumentException>(() => new Explainer(scorer, [package.Tables[0]], package.Architecture, new ExplainOptions()));
        PackageException error = Assert.Throws<PackageException>(() =>
            new Explainer(scorer, [package.Tables[0], package.Tables[1] with { Mean = new float[4] }], package.Architecture, new ExplainOptions()));
        Assert.Equal("table 'f1': mean has 4 floats, expected 5", error.Message);
    }

    private static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int f = 0; f < expected.Count; f++)
            Assert.Equal(expected[f], actual[f], tolerance);
    }
}
