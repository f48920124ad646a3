using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public class CachedTableTests
{
    private const int Dim = 16;

    [Theory]
    [InlineData(RowPrecision.Fp32, 16, 1000)]
    [InlineData(RowPrecision.Fp16, 7, 33)]
    [InlineData(RowPrecision.Int8, 16, 4097)]
    [InlineData(RowPrecision.Int8, 64, 1)]
    [InlineData(RowPrecision.Int8Compact, 5, 511)]
    [InlineData(RowPrecision.Int4, 64, 1000)]
    [InlineData(RowPrecision.Int2, 3, 1000)]
    public void Gather_promoted_rows_are_found_and_others_get_the_default(RowPrecision precision, int dim, int count)
    {
        ulong[] keys = TestRows.Keys(count), absent = TestRows.Keys(77, seed: 2);
        using CachedTable table = Table(1 << 21, precision, dim);
        foreach (ulong key in keys)
            Assert.True(Promote(table, key, 1, precision));
        ulong[] asked = [.. keys, .. absent, 0, .. keys.Take(5)];
        var values = new float[asked.Length * dim];
        var found = new bool[asked.Length];
        Assert.Equal(count + Math.Min(5, count), table.Gather(asked, values, found));
        for (int i = 0; i < asked.Length; i++)
        {
            bool here = i < count || i > count + absent.Length;
            Assert.Equal(here, found[i]);
            float[] expected = here ? TestRows.Decoded(precision, asked[i], 1, dim) : TestRows.Constant(dim, asked[i] == 0 ? -9 : -7);
            Assert.Equal(expected, values[(i * dim)..((i + 1) * dim)]);
        }
    }

    [Fact]
    public void Gather_allocates_nothing()
    {
        ulong[] keys = TestRows.Keys(5000);
        using CachedTable table = Table(1 << 20);
        foreach (ulong key in keys.Take(4000))
            Promote(table, key, 1);
        var values = new float[keys.Length * Dim];
        var found = new bool[keys.Length];
        Assert.Equal(0, Allocations.Least(() => table.Gather(keys, values, found)));
    }

    [Fact]
    public void Apply_changes_rows_that_are_here_and_ignores_the_others()
    {
        using CachedTable table = Table(1 << 20);
        Promote(table, 5, 3);
        Promote(table, 6, 3);
        ApplyResult result = table.Apply([Delta(5, 4), Delta(6, 3), Delta(7, 9), RowDelta.Of(5, 8, new float[3]), RowDelta.Of(5, 8, TestRows.Constant(Dim, float.NaN))]);
        Assert.Equal(new ApplyResult(1, 2, 2, 3, ApplyRefusal.WrongLength), result);
        Assert.Equal([4, 3, 0], Versions(table, 5, 6, 7));
        Assert.Equal(1, table.Apply([RowDelta.Deletion(6, 4)]).Applied);
        Assert.Equal(0, table.Apply([RowDelta.Deletion(6, 5)]).Applied);
        Assert.Equal([4, 0, 0], Versions(table, 5, 6, 7));
        Assert.Equal(1, table.Measure().Rows);
    }

    [Fact]
    public void Apply_encoded_row_is_stored_as_it_comes_and_floats_in_the_rows_precision()
    {
        using CachedTable table = Table(1 << 20);
        Promote(table, 5, 1, RowPrecision.Int4);
        table.Apply([Delta(5, 2)]);
        Assert.Equal([(RowPrecision.Int4, 1L, 12L)], table.Measure().Precisions);
        Assert.Equal(TestRows.Decoded(RowPrecision.Int4, 5, 2, Dim), Gather(table, 5));
        table.Apply([RowDelta.OfEncoded(5, 3, RowPrecision.Fp16, TestRows.Encode(RowPrecision.Fp16, [5], Dim, 3))]);
        Assert.Equal([(RowPrecision.Fp16, 1L, 32L)], table.Measure().Precisions);
        Assert.Equal(TestRows.Decoded(RowPrecision.Fp16, 5, 3, Dim), Gather(table, 5));
    }

    [Fact]
    public void Promote_row_read_before_an_update_of_its_key_is_refused()
    {
        using CachedTable table = Table(1 << 20);
        long stamp = table.Stamp(5), late = table.Stamp(6);
        table.Apply([Delta(5, 2), RowDelta.Deletion(6, 2)]);
        Assert.False(table.Promote(5, 1, RowPrecision.Int8, TestRows.Encode(RowPrecision.Int8, [5], Dim, 1), stamp));
        Assert.False(table.Promote(6, 1, RowPrecision.Int8, TestRows.Encode(RowPrecision.Int8, [6], Dim, 1), late));
        Assert.Equal([0, 0], Versions(table, 5, 6));
        Assert.True(Promote(table, 5, 2));
        Assert.True(Promote(table, 5, 1));
        Assert.Equal([2], Versions(table, 5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(20)]
    public void Promote_one_shot_keys_do_not_push_out_keys_that_come_back(int scannedPerHot)
    {
        // Room for 1,700 rows; 20,000 keys that never come again, without a hot key between them or with one after every few.
        ulong[] hot = TestRows.Keys(1000), once = TestRows.Keys(20_000, seed: 2);
        using CachedTable table = Table(100_000);
        for (int round = 0; round < 5; round++)
            Array.ForEach(hot, key => Ask(table, key));
        for (int i = 0; i < once.Length; i++)
        {
            Ask(table, once[i]);
            if (scannedPerHot > 0 && i % scannedPerHot == 0)
                Ask(table, hot[i / scannedPerHot % hot.Length]);
        }

        int here = table.Gather(hot, new float[hot.Length * Dim]);
        Assert.True(here >= 950, $"{here} of 1,000 are left");
    }

    [Fact]
    public void Measure_is_the_budget_whatever_comes()
    {
        long before = ResidentTable.LiveNativeBytes;
        using (CachedTable table = Table(300_000))
        {
            Assert.Equal(300_000 & ~4095, ResidentTable.LiveNativeBytes - before);
            foreach (ulong key in TestRows.Keys(50_000))
                Promote(table, key, 1, (RowPrecision)(key % 6));
            HotRowBytes bytes = table.Measure();
            Assert.Equal(300_000 & ~4095, bytes.Total);
            Assert.Equal(6, bytes.Precisions.Count);
            Assert.InRange(bytes.Payload, bytes.Total / 4, bytes.Total);
        }

        Assert.Equal(before, ResidentTable.LiveNativeBytes);
    }

    [Fact]
    public void Budget_too_small_is_refused_with_what_is_needed()
    {
        Assert.Contains("at least", Assert.Throws<ArgumentException>(() => Table(20_000, RowPrecision.Int8, 1024)).Message);
        Assert.Contains("16384", Assert.Throws<ArgumentException>(() => Table(16_383)).Message);
        Table(16_384).Dispose();
        Table(3_000_000, RowPrecision.Fp32, RowCodec.MaxDim).Dispose();
    }

    [Fact]
    public void Use_after_dispose_is_refused_and_the_memory_is_given_back()
    {
        long before = ResidentTable.LiveNativeBytes;
        CachedTable table = Table(1 << 20);
        table.Dispose();
        table.Dispose();
        Assert.Equal(before, ResidentTable.LiveNativeBytes);
        Assert.Throws<ObjectDisposedException>(() => table.Gather([1], new float[Dim]));
        Assert.Throws<ObjectDisposedException>(() => table.Stamp(1));
        Assert.Throws<ObjectDisposedException>(() => table.Apply([Delta(1, 1)]));
        Assert.Throws<ObjectDisposedException>(() => table.Promote(1, 1, RowPrecision.Int8, new byte[24], 0));
        Assert.False(table.HasReaders);
    }

    internal static CachedTable Table(long budget, RowPrecision precision = RowPrecision.Int8, int dim = Dim, ulong seed = 0) => new(new CachedTableOptions
    {
        Dim = dim,
        Budget = budget,
        Precision = precision,
        Default = TestRows.Constant(dim, -7),
        Missing = TestRows.Constant(dim, -9),
        Seed = seed,
    });

    internal static bool Promote(CachedTable table, ulong key, ulong version, RowPrecision precision = RowPrecision.Int8) =>
        table.Promote(key, version, precision, TestRows.Encode(precision, [key], table.Width, version), table.Stamp(key));

    /// <summary>As a request does: what is not here is looked up below and offered.</summary>
    private static void Ask(CachedTable table, ulong key)
    {
        if (table.Gather([key], new float[Dim]) == 0)
            Promote(table, key, 1);
    }

    private static RowDelta Delta(ulong key, ulong version) => RowDelta.Of(key, version, TestRows.Values(key, version, Dim));

    private static float[] Gather(CachedTable table, ulong key)
    {
        var values = new float[table.Width];
        Assert.Equal(1, table.Gather([key], values));
        return values;
    }

    /// <summary>Versions of int8 rows, 0 for those that are not here.</summary>
    private static int[] Versions(CachedTable table, params ulong[] keys)
    {
        var values = new float[keys.Length * Dim];
        table.Gather(keys, values);
        return [.. keys.Select((key, i) => Enumerable.Range(1, 9)
            .FirstOrDefault(v => TestRows.Decoded(RowPrecision.Int8, key, (ulong)v, Dim).AsSpan().SequenceEqual(values.AsSpan(i * Dim, Dim))))];
    }
}
