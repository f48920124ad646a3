using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public class ResidentTableApplyTests
{
    private const int Dim = 5;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void Apply_random_deltas_equal_a_dictionary_of_newest_versions(int seed, bool withSlowReader)
    {
        var random = new Random(seed);
        ulong[] keys = [0, ulong.MaxValue, .. TestRows.Keys(600)];
        using ResidentTable table = TestRows.Table(RowPrecision.Fp32, Dim, keys.AsSpan(0, 300));
        Dictionary<ulong, (ulong Version, bool Held)> model = keys[..300].ToDictionary(key => key, _ => (0UL, true));
        ReaderEpochs epochs = table.Epochs;
        Queue<int> readers = [];
        for (int step = 0; step < 400; step++)
        {
            // A reader that stays inside for some batches holds rows in every state between the delta and their slots.
            if (withSlowReader && random.Next(3) == 0)
                readers.Enqueue(epochs.Enter());
            if (readers.Count > 4 || (readers.Count > 0 && random.Next(3) == 0))
                epochs.Exit(readers.Dequeue());

            var deltas = new RowDelta[random.Next(30)];
            int applied = 0;
            for (int i = 0; i < deltas.Length; i++)
            {
                ulong key = keys[Math.Min(random.Next(keys.Length), random.Next(keys.Length))];
                ulong version = (ulong)random.Next(1, 8) + (ulong)step / 10;
                bool delete = random.Next(8) == 0;
                deltas[i] = delete ? RowDelta.Deletion(key, version) : RowDelta.Of(key, version, TestRows.Values(key, version, Dim));
                if (version > model.GetValueOrDefault(key).Version)
                {
                    model[key] = (version, !delete);
                    applied++;
                }
            }

            Assert.Equal(new ApplyResult(applied, deltas.Length - applied, 0, -1, ApplyRefusal.None), table.Apply(deltas));
            Check(table, keys, model);
            if (random.Next(4) == 0)
            {
                table.Settle();
                Check(table, keys, model);
            }

            Assert.Equal(model.Values.Count(row => row.Held), table.Measure().Rows);
        }

        while (readers.TryDequeue(out int reader))
            epochs.Exit(reader);
        while (table.Settle() > 0)
            Check(table, keys, model);
        Check(table, keys, model);
    }

    [Fact]
    public void Apply_same_deltas_in_any_order_and_twice_give_the_same_rows()
    {
        ulong[] keys = TestRows.Keys(200);
        RowDelta[] deltas = [.. Enumerable.Range(0, 2000).Select(i => (Key: keys[i % 200], Version: (ulong)(i / 200 + 1)))
            .Select(d => d.Version % 4 == 3 ? RowDelta.Deletion(d.Key, d.Version) : RowDelta.Of(d.Key, d.Version, TestRows.Values(d.Key, d.Version, Dim)))];
        using ResidentTable inOrder = TestRows.Table(RowPrecision.Int8, Dim, keys.AsSpan(0, 100)), shuffled = TestRows.Table(RowPrecision.Int8, Dim, keys.AsSpan(0, 100));
        inOrder.Apply(deltas);
        RowDelta[] twice = [.. deltas, .. deltas];
        new Random(4).Shuffle(twice);
        foreach (RowDelta[] batch in twice.Chunk(37))
            shuffled.Apply(batch);
        Assert.Equal(TestRows.Gather(inOrder, keys), TestRows.Gather(shuffled, keys));
        Assert.Equal(0, shuffled.Apply(deltas).Applied);
    }

    [Fact]
    public void Apply_new_keys_grow_an_empty_table_part_by_part_within_the_byte_bound()
    {
        ulong[] keys = TestRows.Keys(330_000);
        using ResidentTable table = TestRows.Table(RowPrecision.Int2, 2, []);
        float[] row = [0.5f, -0.5f];
        foreach (ulong[] batch in keys.Chunk(5_000))
            Assert.Equal(batch.Length, table.Apply([.. batch.Select(key => RowDelta.Of(key, 1, row))]).Applied);
        Assert.Equal(keys.Length, table.Gather(keys, new float[2 * keys.Length]));
        Assert.True(table.Directory.Depth >= 1);
        for (int i = 0; i < 1000 && !table.Directory.IsUniform; i++)
            table.Settle();
        Assert.True(table.Directory.IsUniform);
        Assert.Equal(keys.Length, table.Gather(keys, new float[2 * keys.Length]));
        ResidentBytes memory = table.Measure();
        Assert.Equal(keys.Length, memory.Rows);
        Assert.Equal(5L * keys.Length, memory.Payload);
        Assert.True(memory.OverheadPerRow <= 40, $"{memory.OverheadPerRow:0.0} bytes a row beyond the payload");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    public void Rows_that_come_in_a_load_are_the_same_rows_and_stand_in_their_slots_after_it(int before)
    {
        const int count = 60_000;
        ulong[] keys = TestRows.Keys(before + count);
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, Dim, keys.AsSpan(0, before)), one = TestRows.Table(RowPrecision.Int8, Dim, keys.AsSpan(0, before));
        RowDelta[] deltas = [.. keys.Skip(before / 2).Select((key, i) => i % 50 == 7 ? RowDelta.Deletion(key, 2) : RowDelta.Of(key, 2, TestRows.Values(key, 2, Dim)))];
        table.BeginLoad();
        foreach (RowDelta[] batch in deltas.Chunk(4_096))
            Assert.Equal(batch.Length, table.Apply(batch).Applied);
        long waiting = table.Measure().DeltaRows;
        table.EndLoad();
        foreach (RowDelta delta in deltas)
            one.Apply(new ReadOnlySpan<RowDelta>(in delta));

        float[] values = new float[keys.Length * Dim], expected = new float[keys.Length * Dim];
        Assert.Equal(one.Gather(keys, expected), table.Gather(keys, values));
        Assert.Equal(expected, values);
        Assert.Equal(0, table.Apply(deltas).Applied);
        while (table.Settle() > 0)
        {
        }

        // What waits after it is what may wait while it serves.
        long served = (256 * table.Directory.Distinct().Count()) + (table.Measure().Rows / 32);
        Assert.InRange(table.Measure().DeltaRows, 0, served);
        Assert.True(waiting > 2 * served, $"{waiting} rows waited in the load, {served} may while it serves");
    }

    [Fact]
    public void A_load_takes_memory_by_its_rows_and_not_by_their_square()
    {
        // Notes that grow by a constant are copied as often as there are rows: these took 5 KB each, twice as many would take twice that.
        const int count = 60_000;
        RowDelta[] deltas = [.. TestRows.Keys(count).Select(key => RowDelta.Of(key, 1, new float[Dim]))];
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, Dim, []);
        table.BeginLoad();
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (RowDelta[] batch in deltas.Chunk(4_096))
            table.Apply(batch);
        long bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / count;
        table.EndLoad();
        Assert.InRange(bytes, 1, 1_000);
    }

    [Fact]
    public void Apply_a_row_that_cannot_be_stored_is_refused_alone_and_named()
    {
        ulong[] keys = TestRows.Keys(4);
        using ResidentTable table = TestRows.Table(RowPrecision.Fp16, Dim, keys);
        float[] good = TestRows.Values(keys[0], 3, Dim), nan = [.. good], large = [.. good];
        nan[2] = float.NaN;
        large[1] = 1e6f;
        Assert.Equal(new ApplyResult(1, 0, 2, 1, ApplyRefusal.NotFinite),
            table.Apply([RowDelta.Of(keys[0], 3, good), RowDelta.Of(keys[1], 3, nan), RowDelta.Of(keys[2], 3, large)]));
        Assert.Equal(ApplyRefusal.OutOfRange, table.Apply([RowDelta.Of(keys[2], 3, large)]).Refusal);
        Assert.Equal(ApplyRefusal.WrongLength, table.Apply([RowDelta.Of(keys[2], 3, new float[4])]).Refusal);
        Assert.Equal(ApplyRefusal.WrongLength, table.Apply([RowDelta.OfEncoded(keys[2], 3, RowPrecision.Int8, new byte[9])]).Refusal);
        Assert.Equal(TestRows.Decoded(RowPrecision.Fp16, keys[1], 0, Dim), TestRows.Gather(table, keys[1]));
        Assert.Equal(TestRows.Decoded(RowPrecision.Fp16, keys[0], 3, Dim), TestRows.Gather(table, keys[0]));
    }

    [Fact]
    public void Apply_encoded_rows_are_kept_to_the_byte_or_encoded_anew()
    {
        ulong[] keys = TestRows.Keys(2);
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, Dim, keys);

        // Codes that our encoder would not choose (nothing maps to 0 or 255) survive in the table's own precision.
        byte[] own = [1, 2, 3, 4, 5, 0, 0, 128, 63, 0, 0, 0, 64];
        table.Apply([RowDelta.OfEncoded(keys[0], 1, RowPrecision.Int8, own), RowDelta.OfEncoded(keys[1], 1, RowPrecision.Fp32, TestRows.Encode(RowPrecision.Fp32, [keys[1]], Dim, 9))]);
        Assert.Equal([3f, 4f, 5f, 6f, 7f], TestRows.Gather(table, keys[0]));
        Assert.Equal(TestRows.Decoded(RowPrecision.Int8, keys[1], 9, Dim), TestRows.Gather(table, keys[1]));
        byte[] halves = new byte[2 * Dim];
        halves[7] = 0x7C;
        Assert.Equal(ApplyRefusal.NotFinite, table.Apply([RowDelta.OfEncoded(keys[0], 2, RowPrecision.Fp16, halves)]).Refusal);
        byte[] infinite = [1, 2, 3, 4, 5, 0, 0, 128, 127, 0, 0, 0, 64];
        Assert.Equal(ApplyRefusal.NotFinite, table.Apply([RowDelta.OfEncoded(keys[0], 2, RowPrecision.Int8, infinite)]).Refusal);
    }

    [Fact]
    public void Apply_endless_deletions_take_bounded_memory_and_the_latest_are_remembered()
    {
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, Dim, TestRows.Keys(4));
        long most = 0;
        for (int round = 0; round < 30; round++)
        {
            RowDelta[] deletions = [.. Enumerable.Range(0, 10_000).Select(i => RowDelta.Deletion((ulong)((round * 10_000) + i) << 8, 5))];
            Assert.Equal(deletions.Length, table.Apply(deletions).Applied);
            if (round == 9)
                most = table.Measure().Total;
        }

        Assert.InRange(table.Measure().Total, 1, most);
        ulong last = 299_999UL << 8;
        Assert.Equal(1, table.Apply([RowDelta.Of(last, 4, TestRows.Values(last, 4, Dim))]).Stale);
        Assert.Equal(1, table.Apply([RowDelta.Of(last, 6, TestRows.Values(last, 6, Dim))]).Applied);
    }

    [Fact]
    public void Measure_one_table_counts_everything_and_stays_within_the_byte_bound()
    {
        foreach ((RowPrecision precision, int dim) in ((RowPrecision, int)[])[(RowPrecision.Int8, 16), (RowPrecision.Int8Compact, 16),
            (RowPrecision.Int8Compact, 64), (RowPrecision.Int8, 64), (RowPrecision.Fp32, 16), (RowPrecision.Int4, 16)])
        {
            using ResidentTable table = TestRows.Table(precision, dim, TestRows.Keys(100_000));
            ResidentBytes memory = table.Measure();
            Assert.Equal(100_000, memory.Rows);
            Assert.Equal(100_000L * RowCodec.RowBytes(precision, dim), memory.Payload);
            Assert.True(memory.OverheadPerRow is > 16 and <= 28, $"{precision}, {dim}: {memory.OverheadPerRow:0.0} bytes a row beyond the payload");
        }
    }

    private static void Check(ResidentTable table, ulong[] keys, Dictionary<ulong, (ulong Version, bool Held)> model)
    {
        float[] values = TestRows.Gather(table, keys);
        for (int i = 0; i < keys.Length; i++)
        {
            (ulong version, bool held) = model.GetValueOrDefault(keys[i]);
            float[] expected = held ? TestRows.Values(keys[i], version, Dim) : TestRows.Constant(Dim, keys[i] == 0 ? -9 : -7);
            Assert.Equal(expected, values[(i * Dim)..((i + 1) * Dim)]);
        }
    }
}
