namespace RecServe.Experiments.Tests;

public class BucketTests
{
    // Computed in JavaScript, where strings are UTF-16: a hash over UTF-8 gives other values for all but the ASCII rows.
    [Theory]
    [InlineData("", 2166136261)]
    [InlineData("a", 3826002220)]
    [InlineData("foobar", 3214735720)]
    [InlineData("é", 1812687940)]
    [InlineData("日本", 1610399396)]
    [InlineData("😀", 3409036472)]
    public void Fnv_is_computed_over_utf16_units(string text, uint hash) => Assert.Equal(hash, Fnv1a32.Hash(text));

    [Theory]
    [InlineData("Zoë", 2, 0.5004)]
    [InlineData("日本", 2, 0.9132)]
    [InlineData("😀", 2, 0.3972)]
    [InlineData("user-1", 2, 0.9778)]
    [InlineData("user-1", 1, 0.48)]
    [InlineData("user-2", 2, 0.9301)]
    [InlineData("user-2", 1, 0.879)]
    public void Bucket_of_a_unit_equals_other_implementations(string unit, int version, double bucket) =>
        Assert.Equal(bucket, Bucket.Of("ranker-v2", unit, version));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Bucket_of_an_unknown_version_is_null(int version) => Assert.Null(Bucket.Of("s", "u", version));

    [Fact]
    public void Ranges_start_at_the_full_weights_whatever_the_coverage() =>
        Assert.Equal([new BucketRange(0, 0.2), new BucketRange(0.4, 0.7)], Bucket.Ranges(2, 0.5, [0.4, 0.6]));

    [Fact]
    public void Raising_the_coverage_moves_no_unit()
    {
        BucketRange[] small = Bucket.Ranges(3, 0.1, [0.2, 0.3, 0.5]), large = Bucket.Ranges(3, 0.5, [0.2, 0.3, 0.5]);
        int moved = 0, kept = 0, added = 0;
        for (int i = 0; i < 10_000; i++)
        {
            int before = Bucket.Choose(i / 10_000.0, small), after = Bucket.Choose(i / 10_000.0, large);
            moved += before >= 0 && before != after ? 1 : 0;
            kept += before >= 0 && before == after ? 1 : 0;
            added += before < 0 && after >= 0 ? 1 : 0;
        }

        Assert.Equal(0, moved);
        Assert.InRange(kept, 999, 1001);
        Assert.InRange(added, 3999, 4001);
    }

    [Fact]
    public void Range_holds_its_start_and_not_its_end()
    {
        Assert.True(new BucketRange(0.25, 0.5).Contains(0.25));
        Assert.False(new BucketRange(0.25, 0.5).Contains(0.5));
        Assert.False(new BucketRange(0.25, 0.25).Contains(0.25));
    }
}
