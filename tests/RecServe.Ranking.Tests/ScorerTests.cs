using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

public class ScorerTests
{
    public static TheoryData<string> Kinds() => new(SampleModel.Kinds);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_random_shapes_equals_the_double_reference_and_ScoreRows(string kind)
    {
        var random = new Random(61);
        for (int round = 0; round < 12; round++)
        {
            bool oneDim = kind is "fm" or "deepfm";
            int dim = 1 + random.Next(9);
            int[] Dims(int fields) => [.. Enumerable.Range(0, fields).Select(_ => oneDim ? dim : 1 + random.Next(9))];
            int[] hidden = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => 1 + random.Next(40))];
            var model = new SampleModel(kind, Dims(1 + random.Next(5)), Dims(1 + random.Next(4)), hidden, 1 + random.Next(3), round);
            Check(model, 1 + random.Next(30));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_user_side_empty_equals_the_reference(string kind) => Check(new SampleModel(kind, [], [4, 4, 4], [9, 5], 2, 1), 7);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_item_side_empty_equals_the_reference(string kind) => Check(new SampleModel(kind, [4, 4, 4], [], [9, 5], 2, 2), 7);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_one_candidate_equals_the_reference(string kind) => Check(new SampleModel(kind, [8, 8], [8], [17, 33], 2, 3), 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_5000_candidates_equals_the_reference(string kind) => Check(new SampleModel(kind, [4, 4], [4, 4], [16, 8], 2, 4), 5000);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_26_fields_of_16_equals_ScoreRows(string kind)
    {
        var model = new SampleModel(kind, [.. Enumerable.Repeat(16, 20)], [.. Enumerable.Repeat(16, 6)], [512, 256], 3, 5);
        Check(model, 33);
    }

    [Theory]
    [InlineData("dcnv2", 1)]
    [InlineData("dcnv2", 7)]
    [InlineData("dcnv2", 40)]
    [InlineData("dcnv2", 253)]
    [InlineData("dcnv2", 1300)]
    [InlineData("dcnv2-stacked", 1)]
    [InlineData("dcnv2-stacked", 40)]
    [InlineData("dcnv2-stacked", 253)]
    [InlineData("dcnv2-stacked", 1300)]
    [InlineData("dcnv2-mix", 1)]
    [InlineData("dcnv2-mix", 40)]
    [InlineData("dcnv2-mix", 253)]
    [InlineData("dcnv2-mix", 1300)]
    [InlineData("dcnv2-stacked-mix", 1)]
    [InlineData("dcnv2-stacked-mix", 40)]
    [InlineData("dcnv2-stacked-mix", 253)]
    [InlineData("dcnv2-stacked-mix", 1300)]
    public void Score_every_number_of_candidates_by_its_plan_equals_the_reference(string kind, int count) =>
        Check(new SampleModel(kind, [.. Enumerable.Repeat(8, 10)], [.. Enumerable.Repeat(8, 3)], [48, 24], 3, 9), count);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_no_candidates_writes_nothing(string kind)
    {
        IScorer scorer = ScorerFactory.Create(new SampleModel(kind, [4], [4], [5], 1, 6).Package);
        float[] logits = [7];
        scorer.Score(new RankBatch(new float[scorer.Layout.User.Width], [], 0), new float[scorer.ScratchFloats(0)], logits);
        scorer.ScoreRows([], [], 0, new float[scorer.ScratchFloats(0)], logits);
        Assert.Equal([7], logits);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Score_allocates_nothing(string kind)
    {
        foreach (int count in (int[])[1, 300, 2000])
        {
            var model = new SampleModel(kind, [4, 4], [4, 4], [16, 8], 2, 7);
            IScorer scorer = ScorerFactory.Create(model.Package);
            var rows = new SampleRows(model, scorer.Layout, count);
            float[] scratch = new float[scorer.ScratchFloats(count)], logits = new float[count];
            long least = Allocations.Least(() =>
            {
                scorer.Score(new RankBatch(rows.User, rows.Items, count), scratch, logits);
                scorer.ScoreRows(rows.Users, rows.Items, count, scratch, logits);
            });
            Assert.Equal(0, least);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ScratchFloats_does_for_fewer_rows(string kind)
    {
        IScorer scorer = ScorerFactory.Create(new SampleModel(kind, [.. Enumerable.Repeat(16, 20)], [.. Enumerable.Repeat(16, 6)], [512, 256], 3, 11).Package);
        for (int count = 1; count < 1200; count++)
            Assert.True(scorer.ScratchFloats(count) >= scorer.ScratchFloats(count - 1), $"{count} rows");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PlainScorer_equals_the_plan(string kind)
    {
        var model = new SampleModel(kind, [.. Enumerable.Repeat(8, 5)], [.. Enumerable.Repeat(8, 3)], [48, 24], 3, 12);
        IScorer scorer = ScorerFactory.Create(model.Package);
        var plain = new PlainScorer(scorer);
        foreach (int count in (int[])[1, 252, 600])
        {
            var rows = new SampleRows(model, scorer.Layout, count);
            float[] expected = new float[count], actual = new float[count];
            scorer.Score(new RankBatch(rows.User, rows.Items, count), new float[scorer.ScratchFloats(count)], expected);
            plain.Score(new RankBatch(rows.User, rows.Items, count), new float[plain.ScratchFloats(count)], actual);
            for (int r = 0; r < count; r++)
                Assert.Equal(expected[r], actual[r], 1e-5 * Math.Max(1, Math.Abs(expected[r])));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ScratchFloats_grows_no_further_than_a_pass_of_rows(string kind)
    {
        IScorer scorer = ScorerFactory.Create(new SampleModel(kind, [.. Enumerable.Repeat(16, 20)], [.. Enumerable.Repeat(16, 6)], [512, 256], 3, 10).Package);
        Assert.Equal(scorer.ScratchFloats(5_000), scorer.ScratchFloats(1_000_000));
        Assert.True(scorer.ScratchFloats(1_000_000) * 4L < 6 << 20, $"{scorer.ScratchFloats(1_000_000)} floats");
    }

    [Fact]
    public void Score_short_spans_throws_expected_and_actual()
    {
        IScorer scorer = ScorerFactory.Create(new SampleModel("mlp", [4], [4], [5], 0, 8).Package);
        float[] scratch = new float[scorer.ScratchFloats(2)];
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            scorer.Score(new RankBatch(new float[4], new float[7], 2), scratch, new float[2]));
        Assert.Equal("expected 8 item floats, got 7", error.Message);
        Assert.Throws<ArgumentException>(() => scorer.Score(new RankBatch(new float[3], new float[8], 2), scratch, new float[2]));
        Assert.Throws<ArgumentException>(() => scorer.Score(new RankBatch(new float[4], new float[8], 2), scratch, new float[1]));
        Assert.Throws<ArgumentException>(() => scorer.Score(new RankBatch(new float[4], new float[8], 2), scratch.AsSpan(1), new float[2]));
        Assert.Throws<ArgumentException>(() => scorer.ScoreRows(new float[7], new float[8], 2, scratch, new float[2]));
    }

    private static void Check(SampleModel model, int count)
    {
        IScorer scorer = ScorerFactory.Create(model.Package);
        var reference = new ReferenceModel(model.Package);
        var rows = new SampleRows(model, scorer.Layout, count);
        float[] once = new float[count], each = new float[count];

        // NaN shows what is read before it is written, and what one row leaves to the next.
        float[] scratch = new float[scorer.ScratchFloats(count)];
        Array.Fill(scratch, float.NaN);
        scorer.Score(new RankBatch(rows.User, rows.Items, count), scratch, once);
        Array.Fill(scratch, float.NaN);
        scorer.ScoreRows(rows.Users, rows.Items, count, scratch, each);
        for (int r = 0; r < count; r++)
            Assert.Equal(each[r], once[r], 1e-5 * Math.Max(1, Math.Abs(each[r])));

        // The reference is slow: every row of a short request, some of every pass and the last of a long one.
        int step = 1 + (count / 100);
        for (int r = (count - 1) % step; r < count; r += step)
        {
            double expected = reference.Logit(rows.Fields(r));
            Assert.Equal(expected, once[r], 1e-5 * Math.Max(1, Math.Abs(expected)));
        }
    }
}
