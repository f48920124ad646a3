using System.Numerics;
using RecServe.Artifacts;

namespace RecServe.Embeddings.Tests;

public class EmbeddingTableTests
{
    [Fact]
    public void Table_of_keys_chosen_to_collide_under_the_first_seed_is_laid_out_anew()
    {
        // All home slots equal: the hash's steps undone from values whose top bits are equal.
        ulong seed = BitOperations.RotateLeft(0xBF58476D1CE4E5B9UL, 17);
        ulong[] keys = [.. Enumerable.Range(1, 4000).Select(i => Unmix((ulong)i, seed))];
        PackageTable package = SampleTable.Of(keys, 2, unknown: false);
        var table = new EmbeddingTable(package);
        var reference = new ReferenceTable(package);
        float[] row = new float[2];
        foreach (ulong key in keys)
        {
            Assert.True(table.CopyRow(key, row));
            Assert.Equal(reference.Row(key).ToArray(), row);
        }

        Assert.True(table.MeanProbes() < 3, $"{table.MeanProbes()} probes a key");
    }

    [Theory]
    [InlineData("random")]
    [InlineData("sequential")]
    [InlineData("same low bits")]
    [InlineData("same high bits")]
    [InlineData("multiples of 2^32")]
    [InlineData("top of the range")]
    public void Table_of_patterned_keys_needs_few_probes(string pattern)
    {
        var table = new EmbeddingTable(SampleTable.Of(SampleTable.Keys(pattern, 20_000), 1, unknown: false));
        Assert.InRange(table.MeanProbes(), 1.0, 2.0);
    }

    [Fact]
    public void Set_holds_the_tables_in_the_order_of_the_fields()
    {
        var set = new EmbeddingTableSet([SampleTable.Of([1, 2], 3, false), SampleTable.Of([4], 2, true) with { Name = "second" }]);
        Assert.Equal((2, 3L, "second"), (set.Count, set.Rows, set[1].Name));
        Assert.Equal(set[0].Bytes + set[1].Bytes, set.Bytes);
        Assert.True(set[0].Bytes >= 2 * (8 + 12));
    }

    private static ulong Unmix(ulong hash, ulong seed)
    {
        hash *= Inverse(0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
        return (hash * Inverse(0x9E3779B97F4A7C15)) ^ seed;
    }

    private static ulong Inverse(ulong odd)
    {
        ulong inverse = odd;
        for (int i = 0; i < 6; i++)
            inverse *= 2 - (odd * inverse);
        return inverse;
    }
}
