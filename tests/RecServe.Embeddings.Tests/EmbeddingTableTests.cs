using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public class EmbeddingTableTests
{
    [Fact]
    public void Set_holds_the_tables_in_the_order_of_the_fields()
    {
        using var set = new EmbeddingTableSet([SampleTable.Of([1, 2], 3, false), SampleTable.Of([4], 2, true) with { Name = "second" }]);
        Assert.Equal((2, 3L, "second"), (set.Count, set.HotRows, set[1].Name));
        Assert.Equal(set[0].Measure().Total + set[1].Measure().Total, set.HotBytes);
        Assert.True(set[0].Measure().Total >= 2 * (8 + 12));
        Assert.Equal([(RowPrecision.Fp32, 2L, 24L)], set[0].Measure().Precisions);
    }

    [Fact]
    public void Id_depends_on_lineage_and_content()
    {
        string sha = new('a', 64);
        Assert.Equal(TableId.Of("run", sha), TableId.Of("run", sha));
        Assert.NotEqual(TableId.Of("run", sha), TableId.Of("other", sha));
        Assert.NotEqual(TableId.Of("run", sha), TableId.Of("run", new string('b', 64)));

        // echo -ne 'run\naaaa…' | sha256sum
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes("run\n" + sha)))[..16], TableId.Of("run", sha).ToString());
    }
}
