using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>What every store of rows does, whatever it is made of.</summary>
public abstract class RowStoreContract : IDisposable
{
    private static readonly TableId Table = new(0x1234_5678_9ABC_DEF0), Other = new(7);

    private readonly Lazy<IRowStore> _store;

    protected RowStoreContract() => _store = new Lazy<IRowStore>(Open);

    protected IRowStore Store => _store.Value;

    protected abstract IRowStore Open();

    [Fact]
    public void Apply_then_find_gives_the_row_in_the_tables_precision()
    {
        Store.Register(Table, "item", 3, RowPrecision.Int8);
        Assert.Equal(new ApplyResult(1, 0, 0, -1, ApplyRefusal.None), Store.Apply(Table, [RowDelta.Of(5, 9, new[] { 1f, 2f, 3f })]));

        TierBatch batch = Find((Table, 5UL), (Table, 6UL), (Other, 5UL));

        Assert.Equal((2, RowTier.FasterMemory, 9UL, RowPrecision.Int8), (batch.Missing, batch.Tier(0), batch.Version(0), batch.Precision(0)));
        byte[] expected = new byte[RowCodec.RowBytes(RowPrecision.Int8, 3)];
        RowCodec.Encode(RowPrecision.Int8, [1f, 2f, 3f], expected);
        Assert.Equal(expected, batch.Row(0).ToArray());
        Assert.Equal(RowTier.None, batch.Tier(1));
        Assert.False(batch.IsDeleted(1));
    }

    [Fact]
    public void Find_leaves_entries_that_were_found_above()
    {
        Store.Register(Table, "item", 1, RowPrecision.Fp32);
        Store.Apply(Table, [RowDelta.Of(1, 4, new[] { 1f }), RowDelta.Of(2, 4, new[] { 2f })]);
        var batch = new TierBatch();
        batch.Add(Table, 1, 0);
        batch.Add(Table, 2, 0);
        batch.Found(0, RowTier.Hot, 8, RowPrecision.Fp32, new byte[4]);

        Store.Find(batch);

        Assert.Equal((8UL, 4UL, 0), (batch.Version(0), batch.Version(1), batch.Missing));
    }

    [Fact]
    public void Deletion_is_found_as_one_and_refuses_older_rows()
    {
        Store.Register(Table, "item", 1, RowPrecision.Fp32);
        Store.Apply(Table, [RowDelta.Of(1, 4, new[] { 1f })]);

        Assert.Equal(1, Store.Apply(Table, [RowDelta.Deletion(1, 6)]).Applied);
        Assert.Equal(2, Store.Apply(Table, [RowDelta.Of(1, 5, new[] { 2f }), RowDelta.Deletion(1, 6)]).Stale);

        TierBatch batch = Find((Table, 1UL));
        Assert.Equal((true, 6UL, RowTier.None, 0), (batch.IsDeleted(0), batch.Version(0), batch.Tier(0), batch.Missing));
        Assert.Equal((0L, 1L), (Store.Measure().Rows, Store.Measure().Tombstones));
        Assert.Equal(1, Store.Apply(Table, [RowDelta.Of(1, 7, new[] { 3f })]).Applied);
        Assert.Equal((1L, 0L), (Store.Measure().Rows, Store.Measure().Tombstones));
    }

    [Fact]
    public void Row_keeps_its_own_precision_until_one_comes_encoded_in_another()
    {
        Store.Register(Table, "item", 5, RowPrecision.Int8);
        float[] values = [0.5f, -0.25f, 0.125f, 1, 2];
        byte[] half = new byte[10];
        RowCodec.Encode(RowPrecision.Fp16, values, half);
        Store.Apply(Table, [RowDelta.Of(1, 1, values), RowDelta.OfEncoded(1, 2, RowPrecision.Fp16, half)]);
        Assert.Equal(RowPrecision.Fp16, Find((Table, 1UL)).Precision(0));

        Store.Apply(Table, [RowDelta.Of(1, 3, values)]);

        TierBatch batch = Find((Table, 1UL));
        Assert.Equal((RowPrecision.Fp16, 3UL), (batch.Precision(0), batch.Version(0)));
        Assert.Equal(half, batch.Row(0).ToArray());
    }

    [Fact]
    public void Apply_refuses_what_cannot_be_stored_and_applies_the_rest()
    {
        Store.Register(Table, "item", 2, RowPrecision.Fp16);

        ApplyResult result = Store.Apply(Table,
        [
            RowDelta.Of(1, 1, new[] { 1f, 2f }),
            RowDelta.Of(2, 1, new[] { 1f, 1e30f }),
            RowDelta.Of(3, 1, new[] { 1f }),
            RowDelta.Of(4, 1, new[] { 1f, float.NaN }),
            RowDelta.OfEncoded(5, 1, RowPrecision.Fp16, new byte[] { 0, 0, 0, 0x7c }),
            RowDelta.OfEncoded(6, 1, RowPrecision.Int8, new byte[3]),
            RowDelta.Of(1, 2, new[] { 3f, 4f }),
        ]);

        // Ranges are looked at when a row is encoded, after the batch's lengths; the first is the first all the same.
        Assert.Equal(new ApplyResult(2, 0, 5, 1, ApplyRefusal.OutOfRange), result);
        Assert.Equal(5, Find((Table, 1UL), (Table, 2UL), (Table, 3UL), (Table, 4UL), (Table, 5UL), (Table, 6UL)).Missing);
    }

    [Theory]
    [InlineData(RowPrecision.Fp32, 1)]
    [InlineData(RowPrecision.Int8, 16)]
    [InlineData(RowPrecision.Int4, 7)]
    public void Deltas_in_any_order_and_repeated_end_as_the_newest_of_each_key(RowPrecision precision, int width)
    {
        var random = new Random(width);
        Store.Register(Table, "item", width, precision);
        List<RowDelta> deltas = [];
        for (int i = 0; i < 5000; i++)
        {
            ulong key = (ulong)random.Next(700), version = (ulong)random.Next(1, 40);
            float[] values = [.. Enumerable.Range(0, width).Select(d => (float)((key * 31) + version + (ulong)d))];
            deltas.Add(random.Next(10) == 0 ? RowDelta.Deletion(key, version * 2) : RowDelta.Of(key, (version * 2) + 1, values));
        }

        using var reference = new ReferenceRowStore();
        reference.Register(Table, "item", width, precision);
        reference.Apply(Table, [.. deltas.OrderBy(delta => delta.Version)]);
        for (int pass = 0; pass < 3; pass++)
        {
            RowDelta[] shuffled = [.. deltas];
            random.Shuffle(shuffled);
            foreach (RowDelta[] batch in shuffled.Chunk(random.Next(1, 1500)))
            {
                ApplyResult result = Store.Apply(Table, batch);
                Assert.Equal(batch.Length, result.Applied + result.Stale);
            }
        }

        StoreEquality.Same(reference, Store, Table);
    }

    [Fact]
    public void Counts_are_those_of_deltas_applied_one_by_one()
    {
        Store.Register(Table, "item", 2, RowPrecision.Int8);
        using var reference = new ReferenceRowStore();
        reference.Register(Table, "item", 2, RowPrecision.Int8);
        var random = new Random(3);
        for (int round = 0; round < 60; round++)
        {
            RowDelta[] deltas = [.. Enumerable.Range(0, random.Next(1, 1800)).Select(_ => random.Next(12) switch
            {
                0 => RowDelta.Deletion((ulong)random.Next(500), (ulong)random.Next(30)),
                1 => RowDelta.Of((ulong)random.Next(500), (ulong)random.Next(30), new[] { float.NaN, 1 }),
                _ => RowDelta.Of((ulong)random.Next(500), (ulong)random.Next(30), new[] { (float)random.Next(9), 1 }),
            })];

            Assert.Equal(reference.Apply(Table, deltas), Store.Apply(Table, deltas));
            Assert.Equal((reference.Measure().Rows, reference.Measure().Tombstones), (Store.Measure().Rows, Store.Measure().Tombstones));
        }
    }

    [Fact]
    public void Load_brings_rows_below_every_update_and_goes_on_where_it_stopped()
    {
        Store.Register(Table, "item", 1, RowPrecision.Fp32);
        Store.Apply(Table, [RowDelta.Of(11, 1, new[] { 5f })]);
        RowLoad load = Store.Load(Table);
        ulong[] keys = [10, 11, 12];
        byte[] rows = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(3f)];
        load.Add(keys.AsSpan(0, 2), RowPrecision.Fp32, rows.AsSpan(0, 8));
        Assert.Equal((2L, false), (Store.Load(Table).Rows, Store.Load(Table).IsComplete));
        load.Add(keys.AsSpan(2), RowPrecision.Fp32, rows.AsSpan(8));
        load.Complete();

        TierBatch batch = Find((Table, 10UL), (Table, 11UL), (Table, 12UL));

        Assert.Equal((0UL, 1UL, 0UL), (batch.Version(0), batch.Version(1), batch.Version(2)));
        Assert.Equal((1f, 5f, 3f), (BitConverter.ToSingle(batch.Row(0)), BitConverter.ToSingle(batch.Row(1)), BitConverter.ToSingle(batch.Row(2))));
        Assert.True(Store.Load(Table).IsComplete);
        Assert.Throws<ArgumentException>(() => load.Add(keys, RowPrecision.Fp32, rows.AsSpan(1)));
    }

    [Fact]
    public void Table_of_width_0_keeps_bytes_of_any_length()
    {
        Store.RegisterBytes(Table, "user");
        var random = new Random(5);
        int[] lengths = [1, 2, 3, 7, 8, 9, 100, 1_025, 16_384, 1, 16_384, 64, 64];
        for (int n = 0; n < lengths.Length; n++)
        {
            byte[] bytes = new byte[lengths[n]];
            random.NextBytes(bytes);
            Assert.Equal(1, Store.Apply(Table, [RowDelta.OfBytes(1, (ulong)n + 1, bytes)]).Applied);
            Assert.Equal(bytes, Find((Table, 1UL)).Row(0).ToArray());
        }

        Assert.Equal(new ApplyResult(0, 0, 3, 0, ApplyRefusal.WrongLength), Store.Apply(Table,
            [RowDelta.OfBytes(2, 1, default), RowDelta.OfBytes(2, 1, new byte[16_385]), RowDelta.Of(2, 1, new[] { 1f })]));
        Assert.Equal(1, Store.Apply(Table, [RowDelta.Deletion(1, 100)]).Applied);
        Assert.True(Find((Table, 1UL)).IsDeleted(0));
        Assert.Equal(1, Store.Apply(Table, [RowDelta.OfBytes(1, 101, new byte[] { 5 })]).Applied);
        Assert.Equal([5], Find((Table, 1UL)).Row(0).ToArray());
        Assert.Equal(0, Store.UnansweredReads);
    }

    [Fact]
    public void Origins_are_kept_with_the_rows()
    {
        Store.Register(Table, "item", 2, RowPrecision.Int2);
        RowOrigin origin = new(3, 1_700_000_000_123, 987_654_321_987);
        Store.Apply(Table, [RowDelta.Of(1, 1, new[] { 1f, 2f }), RowDelta.Deletion(2, 1)], [origin, origin with { Offset = 5 }]);
        Store.Apply(Table, [RowDelta.Of(3, 1, new[] { 1f, 2f })]);

        Dictionary<ulong, RowOrigin?> origins = [];
        Store.Scan(Table, (key, _, _, _, _, from) => origins.TryAdd(key, from));

        Assert.Equal(new Dictionary<ulong, RowOrigin?> { [1] = origin, [2] = origin with { Offset = 5 }, [3] = null }, origins);
        Assert.Throws<ArgumentException>(() => Store.Apply(Table, [RowDelta.Deletion(2, 1)], [origin, origin]));
    }

    [Fact]
    public void Unknown_tables_and_changed_widths_are_refused_by_name()
    {
        Assert.Throws<ArgumentException>(() => Store.Apply(Table, [RowDelta.Deletion(1, 1)]));
        Assert.Throws<ArgumentException>(() => Store.Load(Table));
        Store.Register(Table, "item", 2, RowPrecision.Int8);
        Store.Register(Table, "item", 2, RowPrecision.Int8);
        Assert.Throws<ArgumentException>(() => Store.Register(Table, "item", 3, RowPrecision.Int8));
        Assert.Throws<ArgumentException>(() => Store.Register(Table, "item", 2, RowPrecision.Int4));
    }

    public virtual void Dispose()
    {
        Store.Dispose();
        GC.SuppressFinalize(this);
    }

    private TierBatch Find(params (TableId Table, ulong Key)[] keys)
    {
        var batch = new TierBatch();
        foreach ((TableId table, ulong key) in keys)
            batch.Add(table, key, 0);
        Store.Find(batch);
        return batch;
    }
}
