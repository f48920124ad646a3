using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public class ResidentTableGatherTests
{
    [Theory]
    [InlineData(RowPrecision.Fp32, 1)]
    [InlineData(RowPrecision.Fp16, 7)]
    [InlineData(RowPrecision.Int8, 16)]
    [InlineData(RowPrecision.Int8Compact, 16)]
    [InlineData(RowPrecision.Int8Compact, 64)]
    [InlineData(RowPrecision.Int4, 17)]
    [InlineData(RowPrecision.Int2, 100)]
    [InlineData(RowPrecision.Fp32, 129)]
    public void Gather_every_batch_size_gives_each_keys_row(RowPrecision precision, int dim)
    {
        ulong[] keys = TestRows.Keys(3000), absent = TestRows.Keys(3000, seed: 2);
        using ResidentTable table = TestRows.Table(precision, dim, keys);
        var random = new Random(1);
        foreach (int count in (int[])[0, 1, 2, 31, 32, 33, 64, 65, 1025, 3000])
        {
            ulong[] asked = [.. Enumerable.Range(0, count).Select(_ => random.Next(10) < 8 ? keys[random.Next(3000)] : absent[random.Next(3000)])];
            var values = new float[count * dim];
            var found = new bool[count];
            int hits = table.Gather(asked, values, found);
            Assert.Equal(asked.Count(keys.Contains), hits);
            for (int i = 0; i < count; i++)
            {
                bool held = keys.AsSpan().Contains(asked[i]);
                Assert.Equal(held, found[i]);
                Assert.Equal(held ? TestRows.Decoded(precision, asked[i], 0, dim) : TestRows.Constant(dim, -7), values[(i * dim)..((i + 1) * dim)]);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(40)]
    public void Gather_small_tables_find_every_row_and_nothing_else(int rows)
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            ulong[] keys = TestRows.Keys(rows, seed), absent = TestRows.Keys(200, seed + 100);
            using ResidentTable table = TestRows.Table(RowPrecision.Int8, 4, keys, seed);
            Assert.Equal(rows, table.Gather(keys, new float[4 * rows]));
            Assert.Equal(0, table.Gather(absent, new float[800]));
            Assert.Equal(0, table.Gather([.. Enumerable.Range(0, 200).Select(i => (ulong)i)], new float[800]));
        }
    }

    [Fact]
    public void Gather_key_zero_is_answered_by_its_row_or_by_the_missing_row()
    {
        using ResidentTable without = TestRows.Table(RowPrecision.Fp32, 3, [5, 6]), with = TestRows.Table(RowPrecision.Fp32, 3, [5, 0, ulong.MaxValue]);
        Assert.Equal(TestRows.Constant(3, -9), TestRows.Gather(without, 0));
        Assert.Equal(TestRows.Constant(3, -7), TestRows.Gather(without, ulong.MaxValue));
        Assert.Equal(TestRows.Values(0, 0, 3), TestRows.Gather(with, 0));
        Assert.Equal(TestRows.Values(ulong.MaxValue, 0, 3), TestRows.Gather(with, ulong.MaxValue));
    }

    [Fact]
    public void Gather_table_of_several_parts_finds_every_row()
    {
        ulong[] keys = TestRows.Keys(450_000);
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, 2, keys);
        Assert.True(table.Directory.Depth >= 2);
        Assert.True(table.Directory.IsUniform);
        var values = new float[2 * keys.Length];
        Assert.Equal(keys.Length, table.Gather(keys, values));
        for (int i = 0; i < keys.Length; i += 997)
            Assert.Equal(TestRows.Decoded(RowPrecision.Int8, keys[i], 0, 2), values[(2 * i)..(2 * i + 2)]);
        Assert.Equal(0, table.Gather(TestRows.Keys(100_000, seed: 3), new float[200_000]));
    }

    [Fact]
    public void Gather_lengths_that_do_not_fit_are_refused_with_both()
    {
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, 4, [1, 2, 3]);
        Assert.Contains("8 floats, not 9", Assert.Throws<ArgumentException>(() => table.Gather([1, 2], new float[9])).Message);
        Assert.Throws<ArgumentException>(() => table.Gather([1, 2], new float[8], new bool[1]));
        Assert.Throws<ArgumentException>(() => new ResidentTable(new ResidentTableOptions { Precision = RowPrecision.Int8, Dim = 4 }, [1], new byte[3]));
    }

    [Fact]
    public void Gather_after_dispose_is_refused_and_the_memory_is_given_back()
    {
        long before = ResidentTable.LiveNativeBytes;
        ResidentTable table = TestRows.Table(RowPrecision.Int8, 16, TestRows.Keys(20_000));
        Assert.True(ResidentTable.LiveNativeBytes - before >= 20_000 * 32);
        table.Dispose();
        table.Dispose();
        Assert.Equal(before, ResidentTable.LiveNativeBytes);
        Assert.Throws<ObjectDisposedException>(() => table.Gather([1], new float[16]));
        Assert.False(table.HasReaders);
    }
}
