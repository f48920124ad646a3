namespace RecServe.Ranking.Tests;

public class MixturePlanTests
{
    public static TheoryData<int, int> DepthsAndOutputs() => CrossPlanTests.DepthsAndOutputs();

    [Theory]
    [MemberData(nameof(DepthsAndOutputs))]
    public void Apply_random_shapes_every_plan_equals_the_formula(int depth, int outputs)
    {
        var random = new Random(depth);
        for (int round = 0; round < 10; round++)
        {
            int users = 1 + random.Next(40), items = 1 + random.Next(40), rank = 1 + random.Next(Math.Min(users + items, 20));
            new MixtureSample(users, items, depth, 1 + random.Next(5), rank, outputs, 1 + random.Next(20), round).Check();
        }
    }

    [Theory]
    [MemberData(nameof(DepthsAndOutputs))]
    public void Apply_a_side_empty_or_one_wide_equals_the_formula(int depth, int outputs)
    {
        new MixtureSample(0, 17, depth, 3, 4, outputs, 5, 1).Check();
        new MixtureSample(17, 0, depth, 2, 17, outputs, 5, 2).Check();
        new MixtureSample(1, 1, depth, 1, 1, outputs, 3, 3).Check();
        new MixtureSample(33, 1, depth, 16, 2, outputs, 1, 4).Check();
        new MixtureSample(1, 33, depth, 4, 16, outputs, 13, 5).Check();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(48)]
    public void Apply_real_widths_equals_the_formula(int outputs) => new MixtureSample(320, 96, 3, 4, 32, outputs, 25, 6).Check();

    [Theory]
    [InlineData(3, 0, "plain, user-once-1, user-once-2, fold")]
    [InlineData(1, 0, "plain, fold")]
    [InlineData(2, 8, "plain, user-once-1, user-once-2, fold")]
    public void All_names_every_plan(int depth, int outputs, string expected) =>
        Assert.Equal(expected, string.Join(", ", new MixtureSample(4, 4, depth, 2, 3, outputs, 1, 7).Plans<float, FloatWeights>().All.Select(plan => plan.Name)));

    [Theory]
    [InlineData(0)]
    [InlineData(600)]
    public void All_shared_part_beyond_the_limit_is_not_offered(int outputs)
    {
        // 6 layers of 16 · 40 units: B alone would have 15 blocks of 656 × 640.
        CrossPlans<float, FloatWeights> plans = new MixtureSample(700, 8, 6, 16, 40, outputs, 1, 8).Plans<float, FloatWeights>();
        Assert.Contains(plans.All, plan => plan.Name == "plain");
        Assert.Contains(plans.All, plan => plan.Name == "user-once-1");
        Assert.DoesNotContain(plans.All, plan => plan.Name == "fold");
        Assert.All(plans.All, plan => Assert.True(plan.RequestLength + plan.ShareScratch <= CrossPlans<float, FloatWeights>.MostRequestNumbers, plan.Name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    public void Choose_is_the_cheapest_and_folds_more_the_more_candidates_there_are(int outputs)
    {
        CrossPlans<float, FloatWeights> plans = new MixtureSample(320, 96, 3, 4, 32, outputs, 1, 9).Plans<float, FloatWeights>();
        PlanSample.ChoosesTheCheapest(plans);
        Assert.Equal("fold", plans.All[plans.Choose(500, double.PositiveInfinity)].Name);
    }
}
