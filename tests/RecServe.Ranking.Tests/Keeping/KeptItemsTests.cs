using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

public class KeptItemsTests
{
    private const int Count = 300;

    // 64 floats of the item and at least 264 units: the smallest layers beside which finding a part is cheaper than making it.
    private const int Units = 264;

    [Theory]
    [InlineData("mlp", ((Units + 24) * 2) + 32)]
    [InlineData("deepfm", ((Units + 24) * 2) + 32)]
    [InlineData("dcnv2", ((Units + 24) * 2) + 32)]
    [InlineData("mmoe", (((4 * 112) + (2 * 16)) * 2) + 32)]
    [InlineData("ple", (((5 * 112) + (3 * 16)) * 2) + 32)]
    [InlineData("moe", ((Units + 24) * 2) + 32)]
    public void Score_kept_items_is_near_the_model_and_equal_whether_found_or_not(string kind, int bytes)
    {
        (IScorer exact, IScorer keeping, KeptItems kept) = Sample(kind, 16 << 20);
        var random = new Random(42);
        float[] items = Floats(random, Count * exact.Layout.Item.Width);
        for (int round = 0; round < 3; round++)
        {
            float[] user = Floats(random, exact.Layout.User.Width), expected = Score(exact, user, items), first = Score(keeping, user, items);
            Assert.Equal(first, Score(keeping, user, items));
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], first[i], 1e-3 * Math.Max(1, Math.Abs(expected[i])));
        }

        Assert.Equal((5 * Count, Count), (kept.Hits, kept.Misses));
        Assert.Equal(bytes, kept.BytesPerItem);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("mmoe")]
    [InlineData("moe")]
    public void Score_layer_that_is_cheaper_to_make_is_not_kept(string kind)
    {
        ModelPackage package = Package(kind, [4, 4], 24);
        var kept = new KeptItems(16 << 20);
        IScorer exact = ScorerFactory.Create(package), keeping = ScorerFactory.Create(package, kept);
        var random = new Random(42);
        float[] user = Floats(random, exact.Layout.User.Width), items = Floats(random, Count * exact.Layout.Item.Width);
        for (int round = 0; round < 2; round++)
            Assert.Equal(Score(exact, user, items), Score(keeping, user, items));
        Assert.Equal((0, 0, 0), (kept.Hits, kept.Misses, kept.BytesPerItem));
    }

    [Fact]
    public void Score_changed_row_is_a_miss_and_scored_as_changed()
    {
        var random = new Random(42);
        (IScorer exact, IScorer keeping, KeptItems kept) = Sample("mlp", 16 << 20);
        float[] user = Floats(random, exact.Layout.User.Width), items = Floats(random, Count * exact.Layout.Item.Width);
        Score(keeping, user, items);
        items[5]++;
        float[] expected = Score(exact, user, items), actual = Score(keeping, user, items);
        Assert.Equal(expected[0], actual[0], 1e-3 * Math.Max(1, Math.Abs(expected[0])));
        Assert.Equal((Count - 1, Count + 1), (kept.Hits, kept.Misses));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50_000)]
    public void Score_budget_for_few_items_is_kept_to(long budget)
    {
        var random = new Random(42);
        (IScorer exact, IScorer keeping, KeptItems kept) = Sample("mlp", budget);
        Assert.InRange(kept.Bytes, budget == 0 ? 0 : budget / 2, budget);
        float[] user = Floats(random, exact.Layout.User.Width);
        for (int round = 0; round < 4; round++)
        {
            float[] items = Floats(random, Count * exact.Layout.Item.Width), expected = Score(exact, user, items), actual = Score(keeping, user, items);
            for (int r = 0; r < Count; r++)
                Assert.Equal(expected[r], actual[r], 1e-3 * Math.Max(1, Math.Abs(expected[r])));
        }
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("mmoe")]
    public void Score_row_that_is_not_finite_has_no_score_and_is_not_kept(string kind)
    {
        var random = new Random(42);
        (IScorer exact, IScorer keeping, KeptItems kept) = Sample(kind, 16 << 20);
        float[] user = Floats(random, exact.Layout.User.Width), items = Floats(random, Count * exact.Layout.Item.Width);
        items[7] = float.PositiveInfinity;
        for (int round = 0; round < 2; round++)
        {
            float[] expected = Score(exact, user, items), actual = Score(keeping, user, items);
            Assert.False(float.IsFinite(actual[0]));
            for (int i = keeping.Outputs; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-3 * Math.Max(1, Math.Abs(expected[i])));
        }

        Assert.Equal((Count - 1, Count + 1), (kept.Hits, kept.Misses));
    }

    [Fact]
    public void Score_item_twice_in_a_request_takes_one_place()
    {
        var random = new Random(42);
        (IScorer exact, IScorer keeping, KeptItems kept) = Sample("mlp", 3_000);
        float[] user = Floats(random, exact.Layout.User.Width), two = Floats(random, 2 * exact.Layout.Item.Width);
        float[] items = [.. Enumerable.Range(0, Count / 2).SelectMany(_ => two)];
        Score(keeping, user, items);
        Score(keeping, user, items);

        // The first pass missed all of its rows, all others found theirs: four places do for two items.
        Assert.Equal((2 * Count - RowPass.Rows, RowPass.Rows), (kept.Hits, kept.Misses));
    }

    [Theory]
    [InlineData("dcnv2")]
    [InlineData("mmoe")]
    public void Score_steady_state_allocates_nothing(string kind)
    {
        var random = new Random(42);
        (IScorer exact, IScorer keeping, _) = Sample(kind, 50_000);
        float[] user = Floats(random, exact.Layout.User.Width), items = Floats(random, Count * exact.Layout.Item.Width);
        float[] scratch = new float[keeping.ScratchFloats(Count)], logits = new float[Count * keeping.Outputs];
        // The first calls make what a thread keeps for its products.
        Assert.Equal(0, Allocations.Least(() => keeping.Score(new RankBatch(user, items, Count), scratch, logits), warm: 20));
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("mmoe")]
    public async Task Score_many_threads_few_places_never_mixes_items(string kind)
    {
        var random = new Random(42);
        // 300 items take turns in some 80 places from 8 threads: places are written all the time while others read them.
        (IScorer exact, IScorer keeping, KeptItems kept) = Sample(kind, 80 * 992);
        float[] user = Floats(random, exact.Layout.User.Width), items = Floats(random, Count * exact.Layout.Item.Width);
        float[] expected = Score(keeping, user, items);
        int width = exact.Layout.Item.Width;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var draws = new Random(thread);
            float[] own = new float[20 * width], scratch = new float[keeping.ScratchFloats(20)], logits = new float[20 * keeping.Outputs];
            int[] chosen = new int[20];
            for (int i = 0; i < 1000; i++)
            {
                for (int r = 0; r < 20; r++)
                {
                    chosen[r] = draws.Next(draws.Next(Count) + 1);
                    items.AsSpan(chosen[r] * width, width).CopyTo(own.AsSpan(r * width));
                }

                keeping.Score(new RankBatch(user, own, 20), scratch, logits);
                for (int r = 0; r < 20; r++)
                    Assert.Equal(expected[chosen[r] * keeping.Outputs], logits[r * keeping.Outputs], 1e-6 * Math.Max(1, Math.Abs(logits[r * keeping.Outputs])));
            }
        })));
        Assert.InRange(kept.Hits, 5_000, (8 * 1000 * 20) - 5_000);
    }

    private static (IScorer Exact, IScorer Keeping, KeptItems Kept) Sample(string kind, long budget)
    {
        ModelPackage package = Package(kind, [16, 16, 16, 16], Units);
        var kept = new KeptItems(budget);
        return (ScorerFactory.Create(package), ScorerFactory.Create(package, kept), kept);
    }

    private static ModelPackage Package(string kind, int[] itemDims, int units)
    {
        int[] userDims = [.. Enumerable.Repeat(itemDims[0], 7)];
        return kind switch
        {
            "mmoe" => TaskModel.Create(kind, userDims, itemDims, 2, new ExpertArchitecture { Shared = 4, Widths = [units == Units ? 112 : 6, 12], Tower = [8] }, 41),
            "ple" => TaskModel.Create(kind, userDims, itemDims, 2, new ExpertArchitecture { Shared = 3, Specific = 1, Layers = 2, Widths = [112, 12], Tower = [8] }, 41),
            "moe" => TaskModel.Create(new ModelArchitecture
            {
                Kind = kind,
                Tasks = [new PackageTask("a", 1), new PackageTask("b", 1)],
                Sparse = new SparseArchitecture { Width = units, Networks = 4, Hidden = 11, Constants = 2, Copies = 1, Zeros = 1, TopK = 8, Tower = [6] },
            }, userDims, itemDims, 41),
            _ => new SampleModel(kind, userDims, itemDims, [units, 12], 3, 41).Package,
        };
    }

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];

    private static float[] Score(IScorer scorer, float[] user, float[] items)
    {
        float[] logits = new float[Count * scorer.Outputs], scratch = new float[scorer.ScratchFloats(Count)];
        Array.Fill(scratch, float.NaN);
        scorer.Score(new RankBatch(user, items, Count), scratch, logits);
        return logits;
    }
}
