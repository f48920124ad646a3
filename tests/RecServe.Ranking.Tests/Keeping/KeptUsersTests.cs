namespace RecServe.Ranking.Tests;

public class KeptUsersTests
{
    private const int Count = 40;

    public static TheoryData<string> Kinds() => new(SampleModel.Kinds);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_kept_user_equals_the_model_for_other_candidates_and_counts(string kind)
    {
        (SampleModel model, ISharedScorer scorer) = Sample(kind);
        var kept = new KeptUsers(scorer, 64 << 20);
        float[] user = model.Floats(scorer.Layout.User.Width);
        foreach (int count in (int[])[Count, 1, Count, 300, 7, 2000, 0, Count])
            AssertEqual(scorer, kept, user, model.Floats(count * scorer.Layout.Item.Width), count);
        Assert.True(kept.Hits >= 2, $"{kept.Hits} hits");
    }

    [Fact]
    public void Score_same_user_again_hits_and_any_changed_float_misses()
    {
        (SampleModel model, ISharedScorer scorer) = Sample("dcnv2");
        var kept = new KeptUsers(scorer, 64 << 20);
        float[] user = model.Floats(scorer.Layout.User.Width), items = model.Floats(Count * scorer.Layout.Item.Width);
        AssertEqual(scorer, kept, user, items, Count);
        AssertEqual(scorer, kept, user, items, Count);
        Assert.Equal((1, 1), (kept.Hits, kept.Misses));
        for (int i = 0; i < user.Length; i++)
        {
            float before = user[i];
            user[i] = MathF.BitIncrement(before);
            AssertEqual(scorer, kept, user, items, Count);
            user[i] = before;
        }

        Assert.Equal((1, 1 + user.Length), (kept.Hits, kept.Misses));
    }

    [Fact]
    public void Score_more_users_than_places_keeps_within_the_budget_and_forgets_the_oldest()
    {
        (SampleModel model, ISharedScorer scorer) = Sample("dcnv2");
        var large = new KeptUsers(scorer, 64 << 20);
        var kept = new KeptUsers(scorer, 5 * large.BytesPerUser);
        Assert.Equal(5 * (long)large.BytesPerUser, kept.Bytes);
        float[][] users = [.. Enumerable.Range(0, 6).Select(_ => model.Floats(scorer.Layout.User.Width))];
        float[] items = model.Floats(Count * scorer.Layout.Item.Width);
        foreach (float[] user in users)
            AssertEqual(scorer, kept, user, items, Count);
        for (int i = 5; i > 0; i--)
            AssertEqual(scorer, kept, users[i], items, Count);
        Assert.Equal((5, 6), (kept.Hits, kept.Misses));
        AssertEqual(scorer, kept, users[0], items, Count);
        Assert.Equal((5, 7), (kept.Hits, kept.Misses));
    }

    [Fact]
    public void Score_budget_below_one_user_keeps_nothing()
    {
        (SampleModel model, ISharedScorer scorer) = Sample("dcnv2");
        var kept = new KeptUsers(scorer, 100);
        float[] user = model.Floats(scorer.Layout.User.Width), items = model.Floats(Count * scorer.Layout.Item.Width);
        AssertEqual(scorer, kept, user, items, Count);
        AssertEqual(scorer, kept, user, items, Count);
        Assert.Equal((0, 0, 2), (kept.Bytes, kept.Hits, kept.Misses));
    }

    [Fact]
    public void Score_steady_state_allocates_nothing_for_new_and_known_users()
    {
        (SampleModel model, ISharedScorer scorer) = Sample("dcnv2");
        var kept = new KeptUsers(scorer, 1 << 20);
        float[] user = model.Floats(scorer.Layout.User.Width), items = model.Floats(Count * scorer.Layout.Item.Width);
        float[] scratch = new float[kept.ScratchFloats(Count)], logits = new float[Count];
        int scored = 0;
        long least = Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                user[0] = scored++ / 2;
                kept.Score(new RankBatch(user, items, Count), scratch, logits);
            }
        });
        Assert.Equal(0, least);
        Assert.Equal(scored / 2, kept.Hits);
    }

    [Fact]
    public async Task Score_many_threads_few_places_never_mixes_users()
    {
        // 12 users take turns in 3 places from 8 threads: parts are overwritten all the time while others are read.
        (SampleModel model, ISharedScorer scorer) = Sample("dcnv2");
        var kept = new KeptUsers(scorer, 3 * (long)new KeptUsers(scorer, 64 << 20).BytesPerUser);
        float[][] users = [.. Enumerable.Range(0, 12).Select(_ => model.Floats(scorer.Layout.User.Width))];
        float[] items = model.Floats(Count * scorer.Layout.Item.Width);
        float[][] expected = [.. users.Select(user => Score(scorer, user, items, Count))];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 2000; i++)
            {
                int user = random.Next(users.Length);
                AssertClose(expected[user], Score(kept, users[user], items, Count));
            }
        })));
        Assert.Equal(16_000, kept.Hits + kept.Misses);
        Assert.InRange(kept.Hits, 100, 15_000);
    }

    [Fact]
    public void FloatHash_differs_where_any_bit_does_and_spreads_over_few_places()
    {
        var seen = new HashSet<ulong>();
        for (int length = 0; length < 20; length++)
            Assert.True(seen.Add(FloatHash.Of(new float[length])), $"{length} zeros");
        float[] floats = new float[19];
        for (int i = 0; i < floats.Length; i++)
        {
            for (int bit = 0; bit < 32; bit++)
            {
                floats[i] = BitConverter.UInt32BitsToSingle(1u << bit);
                Assert.True(seen.Add(FloatHash.Of(floats)), $"bit {bit} of float {i}");
            }

            floats[i] = 0;
        }

        // χ² of 6,000 hashes of counting numbers over 60 places: mean 59, deviation 10.9.
        double[] places = new double[60];
        for (int i = 0; i < 6000; i++)
            places[FloatHash.Of([i, 1, 2]) % 60]++;
        Assert.InRange(places.Sum(count => (count - 100) * (count - 100) / 100), 20, 110);
    }

    private static (SampleModel Model, ISharedScorer Scorer) Sample(string kind)
    {
        var model = new SampleModel(kind, [.. Enumerable.Repeat(4, 7)], [.. Enumerable.Repeat(4, 3)], [24, 12], 3, 31);
        return (model, ScorerFactory.Create(model.Package));
    }

    private static float[] Score(IScorer scorer, float[] user, float[] items, int count)
    {
        float[] logits = new float[count], scratch = new float[scorer.ScratchFloats(count)];
        Array.Fill(scratch, float.NaN);
        scorer.Score(new RankBatch(user, items, count), scratch, logits);
        return logits;
    }

    private static void AssertEqual(ISharedScorer scorer, KeptUsers kept, float[] user, float[] items, int count) =>
        AssertClose(Score(scorer, user, items, count), Score(kept, user, items, count));

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (int r = 0; r < expected.Length; r++)
            Assert.Equal(expected[r], actual[r], 1e-5 * Math.Max(1, Math.Abs(expected[r])));
    }
}
