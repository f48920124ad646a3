namespace RecServe.Ranking.Tests;

public class CrossPlanTests
{
    public static TheoryData<int, int> DepthsAndOutputs()
    {
        var data = new TheoryData<int, int>();
        for (int depth = 1; depth <= 6; depth++)
        {
            data.Add(depth, 0);
            data.Add(depth, 1 + (depth % 2 * 18));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(DepthsAndOutputs))]
    public void Apply_random_shapes_every_plan_equals_the_formula(int depth, int outputs)
    {
        var random = new Random(depth);
        for (int round = 0; round < 10; round++)
            new CrossSample(1 + random.Next(40), 1 + random.Next(40), depth, outputs, 1 + random.Next(20), round).Check();
    }

    [Theory]
    [MemberData(nameof(DepthsAndOutputs))]
    public void Apply_a_side_empty_or_one_wide_equals_the_formula(int depth, int outputs)
    {
        new CrossSample(0, 17, depth, outputs, 5, 1).Check();
        new CrossSample(17, 0, depth, outputs, 5, 2).Check();
        new CrossSample(1, 1, depth, outputs, 3, 3).Check();
        new CrossSample(33, 1, depth, outputs, 1, 4).Check();
        new CrossSample(1, 33, depth, outputs, 13, 5).Check();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(48)]
    public void Apply_real_widths_equals_the_formula(int outputs) => new CrossSample(320, 96, 3, outputs, 25, 6).Check();

    [Theory]
    [InlineData(3, 0, "plain, item-rows-1, item-rows-2, fold")]
    [InlineData(1, 0, "plain, fold")]
    [InlineData(2, 8, "plain, user-once-1, user-once-2, fold")]
    public void All_names_every_plan(int depth, int outputs, string expected) =>
        Assert.Equal(expected, string.Join(", ", new CrossSample(4, 4, depth, outputs, 1, 7).Plans<float, FloatWeights>().All.Select(plan => plan.Name)));

    [Fact]
    public void All_shared_part_beyond_the_limit_is_not_offered()
    {
        // 6 layers of 8 user and 700 item floats: A alone would be 4,200 rows, what the fold makes of them 4,200 × 700 and more.
        CrossPlans<float, FloatWeights> plans = new CrossSample(8, 700, 6, 0, 1, 8).Plans<float, FloatWeights>();
        Assert.Contains(plans.All, plan => plan.Name == "plain");
        Assert.DoesNotContain(plans.All, plan => plan.Name == "fold");
        Assert.All(plans.All, plan => Assert.True(plan.RequestLength + plan.ShareScratch <= CrossPlans<float, FloatWeights>.MostRequestNumbers, plan.Name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    public void Choose_is_the_cheapest_and_folds_more_the_more_candidates_there_are(int outputs)
    {
        CrossPlans<float, FloatWeights> plans = new CrossSample(320, 96, 3, outputs, 1, 9).Plans<float, FloatWeights>();
        PlanSample.ChoosesTheCheapest(plans);
        Assert.Equal("fold", plans.All[plans.Choose(1, double.PositiveInfinity)].Name);
    }
}
