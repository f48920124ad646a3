namespace RecServe.Features.Tests;

public class FeatureColumnTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(1025)]
    public void Add_more_than_the_buffers_hold_keeps_every_entry(int samples)
    {
        var column = new FeatureColumn();
        for (int s = 0; s < samples; s++)
        {
            for (int e = 0; e < s % 3; e++)
                column.Add((ulong)(10 * s + e), 0.5f + e);
            column.EndSample();
        }

        Assert.Equal(samples, column.Samples);
        Assert.Equal(samples + 1, column.Offsets.Length);
        for (int s = 0; s < samples; s++)
        {
            ulong[] keys = column.Keys[column.Offsets[s]..column.Offsets[s + 1]].ToArray();
            Assert.Equal(s % 3 == 0 ? [RowKey.Missing] : Enumerable.Range(0, s % 3).Select(e => (ulong)(10 * s + e)), keys);
        }
    }

    [Fact]
    public void AddSingles_with_an_open_sample_is_refused()
    {
        var column = new FeatureColumn();
        column.Add(5, 1);
        Assert.Throws<InvalidOperationException>(() => column.AddSingles(1));
    }

    [Fact]
    public void IsPlain_one_entry_of_weight_1_each_stays_true()
    {
        var column = new FeatureColumn();
        column.Add(5, 1);
        column.EndSample();
        column.EndSample();
        Assert.True(column.IsPlain);
        column.Add(6, 1);
        column.Add(7, 1);
        column.EndSample();
        Assert.False(column.IsPlain);
    }

    [Fact]
    public void IsPlain_a_weight_other_than_1_makes_it_false_until_cleared()
    {
        var column = new FeatureColumn();
        column.Add(2, 0.3f);
        column.EndSample();
        Assert.False(column.IsPlain);
        column.Clear();
        Assert.True(column.IsPlain);
        Assert.Equal(0, column.Samples);
        Assert.Equal([0], column.Offsets.ToArray());
    }

    [Fact]
    public void DiscardOpen_drops_only_the_open_sample()
    {
        var column = new FeatureColumn();
        column.Add(5, 1);
        column.EndSample();
        column.AddRange([8, 9], [1, 1]);
        column.DiscardOpen();
        column.Add(6, 1);
        column.EndSample();
        Assert.Equal([5UL, 6UL], column.Keys.ToArray());
        Assert.True(column.IsPlain);
    }
}
