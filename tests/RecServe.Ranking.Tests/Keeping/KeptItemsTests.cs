namespace RecServe.Ranking.Tests;

public class KeptItemsTests
{
    private const int Count = 300;

    [Theory]
    [InlineData("mlp")]
    [InlineData("deepfm")]
    [InlineData("dcnv2")]
    public void Score_kept_items_is_near_the_model_and_equal_whether_found_or_not(string kind)
    {
        (SampleModel model, IScorer exact, IScorer keeping, KeptItems kept) = Sample(kind, 16 << 20);
        float[] items = model.Floats(Count * exact.Layout.Item.Width);
        for (int round = 0; round < 3; round++)
        {
            float[] user = model.Floats(exact.Layout.User.Width), expected = Score(exact, user, items), first = Score(keeping, user, items);
            Assert.Equal(first, Score(keeping, user, items));
            for (int r = 0; r < Count; r++)
                Assert.Equal(expected[r], first[r], 1e-3 * Math.Max(1, Math.Abs(expected[r])));
        }

        Assert.Equal((5 * Count, Count), (kept.Hits, kept.Misses));
        Assert.Equal((24 * 2) + 24, kept.BytesPerItem);
    }

    [Fact]
    public void Score_changed_row_is_a_miss_and_scored_as_changed()
    {
        (SampleModel model, IScorer exact, IScorer keeping, KeptItems kept) = Sample("mlp", 16 << 20);
        float[] user = model.Floats(exact.Layout.User.Width), items = model.Floats(Count * exact.Layout.Item.Width);
        Score(keeping, user, items);
        items[5]++;
        float[] expected = Score(exact, user, items), actual = Score(keeping, user, items);
        Assert.Equal(expected[0], actual[0], 1e-3 * Math.Max(1, Math.Abs(expected[0])));
        Assert.Equal((Count - 1, Count + 1), (kept.Hits, kept.Misses));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_000)]
    public void Score_budget_for_few_items_is_kept_to(long budget)
    {
        (SampleModel model, IScorer exact, IScorer keeping, KeptItems kept) = Sample("mlp", budget);
        Assert.InRange(kept.Bytes, budget == 0 ? 0 : budget / 2, budget);
        float[] user = model.Floats(exact.Layout.User.Width);
        for (int round = 0; round < 4; round++)
        {
            float[] items = model.Floats(Count * exact.Layout.Item.Width), expected = Score(exact, user, items), actual = Score(keeping, user, items);
            for (int r = 0; r < Count; r++)
                Assert.Equal(expected[r], actual[r], 1e-3 * Math.Max(1, Math.Abs(expected[r])));
        }
    }

    [Fact]
    public void Score_part_beyond_16_bits_is_scored_exactly_and_not_kept()
    {
        (SampleModel model, IScorer exact, IScorer keeping, KeptItems kept) = Sample("mlp", 16 << 20);
        float[] user = model.Floats(exact.Layout.User.Width), items = [.. model.Floats(Count * exact.Layout.Item.Width).Select(x => x * 1e7f)];
        for (int round = 0; round < 2; round++)
        {
            float[] expected = Score(exact, user, items), actual = Score(keeping, user, items);
            double bound = 1e-6 * expected.Max(Math.Abs);
            for (int r = 0; r < Count; r++)
                Assert.Equal(expected[r], actual[r], bound);
        }

        Assert.Equal(0, kept.Hits);
    }

    [Fact]
    public void Score_steady_state_allocates_nothing()
    {
        (SampleModel model, IScorer exact, IScorer keeping, _) = Sample("dcnv2", 5_000);
        float[] user = model.Floats(exact.Layout.User.Width), items = model.Floats(Count * exact.Layout.Item.Width);
        float[] scratch = new float[keeping.ScratchFloats(Count)], logits = new float[Count];
        long before = 0;
        for (int i = 0; i < 40; i++)
        {
            // The first calls make what a thread keeps for its products.
            if (i == 20)
                before = GC.GetAllocatedBytesForCurrentThread();
            keeping.Score(new RankBatch(user, items, Count), scratch, logits);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task Score_many_threads_few_places_never_mixes_items()
    {
        // 300 items take turns in some 80 places from 8 threads: places are written all the time while others read them.
        (SampleModel model, IScorer exact, IScorer keeping, KeptItems kept) = Sample("mlp", 6_000);
        float[] user = model.Floats(exact.Layout.User.Width), items = model.Floats(Count * exact.Layout.Item.Width);
        float[] expected = Score(keeping, user, items);
        int width = exact.Layout.Item.Width;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            float[] own = new float[20 * width], scratch = new float[keeping.ScratchFloats(20)], logits = new float[20];
            int[] chosen = new int[20];
            for (int i = 0; i < 1000; i++)
            {
                for (int r = 0; r < 20; r++)
                {
                    chosen[r] = random.Next(random.Next(Count) + 1);
                    items.AsSpan(chosen[r] * width, width).CopyTo(own.AsSpan(r * width));
                }

                keeping.Score(new RankBatch(user, own, 20), scratch, logits);
                for (int r = 0; r < 20; r++)
                    Assert.Equal(expected[chosen[r]], logits[r], 1e-6 * Math.Max(1, Math.Abs(logits[r])));
            }
        })));
        Assert.InRange(kept.Hits, 5_000, (8 * 1000 * 20) - 5_000);
    }

    private static (SampleModel Model, IScorer Exact, IScorer Keeping, KeptItems Kept) Sample(string kind, long budget)
    {
        var model = new SampleModel(kind, [.. Enumerable.Repeat(4, 7)], [.. Enumerable.Repeat(4, 3)], [24, 12], 3, 41);
        var kept = new KeptItems(budget);
        return (model, ScorerFactory.Create(model.Package), ScorerFactory.Create(model.Package, kept), kept);
    }

    private static float[] Score(IScorer scorer, float[] user, float[] items)
    {
        float[] logits = new float[Count], scratch = new float[scorer.ScratchFloats(Count)];
        Array.Fill(scratch, float.NaN);
        scorer.Score(new RankBatch(user, items, Count), scratch, logits);
        return logits;
    }
}
