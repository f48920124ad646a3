using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>What shared rows do, whatever holds them.</summary>
public abstract class SharedRowsContract
{
    /// <summary>Shared rows over the store under test; two of them see the same rows.</summary>
    internal abstract SharedRows Open(SharedRowsOptions options);

    /// <summary>Puts a value under the name of a row, as nobody who knows the format would.</summary>
    internal abstract void PutForeign(TableId table, ulong key, byte[] value);

    private SharedRows Open(TimeSpan? remember = null)
    {
        SharedRows rows = Open(SharedSample.Options("127.0.0.1:1", remember: remember));
        SharedSample.Serve(rows);
        SharedSample.Until(() => rows.State == SharedRowsState.Closed, "it connects");
        return rows;
    }

    [RedisFact]
    public void Find_rows_of_two_tables_gives_each_its_own()
    {
        using SharedRows writer = Open(), reader = Open();
        ulong[] keys = TestRows.Keys(700);
        SharedSample.Put(writer, SharedSample.Table, [.. keys.Select(key => SharedSample.Delta(key, 3))]);
        SharedSample.Put(writer, SharedSample.Other, [.. keys.Select(key => SharedSample.Delta(key, 4))]);

        TierBatch batch = SharedSample.Batch([.. keys.SelectMany(key => new[] { (SharedSample.Table, key), (SharedSample.Other, key) }), (SharedSample.Table, 5UL)]);
        Assert.Equal(new SharedFind(1400, 0, 1, 0, SharedRowsTrouble.None), SharedSample.Find(reader, batch));
        Assert.Equal(1, batch.Missing);
        for (int i = 0; i < 1400; i++)
            SharedSample.AssertRow(batch, i, i % 2 == 0 ? 3UL : 4UL);
        Assert.Equal(RowTier.None, batch.Tier(1400));
        Assert.Equal((1400L, 1L), (reader.Measure().Hits, reader.Measure().Misses));
    }

    [RedisFact]
    public void Find_leaves_found_entries_and_unserved_tables_alone()
    {
        using SharedRows rows = Open();
        SharedSample.Put(rows, SharedSample.Table, SharedSample.Delta(1, 1), SharedSample.Delta(2, 1));
        TierBatch batch = SharedSample.Batch((SharedSample.Table, 1UL), (SharedSample.Table, 2UL), (new TableId(9), 1UL));
        batch.Found(0, RowTier.FasterMemory, 7, RowPrecision.Fp32, SharedSample.Encoded(1, 7));
        Assert.Equal(new SharedFind(1, 0, 0, 0, SharedRowsTrouble.None), SharedSample.Find(rows, batch));
        Assert.Equal((RowTier.FasterMemory, 7UL), (batch.Tier(0), batch.Version(0)));
        Assert.Equal(RowTier.None, batch.Tier(2));
    }

    [RedisFact]
    public void Older_row_of_another_writer_never_replaces_a_newer_one()
    {
        using SharedRows first = Open(), second = Open();
        // Versions around 2^32 and 2^53 would meet as one number in a double.
        ulong[] versions = [0, 1, uint.MaxValue, 1UL << 32, (1UL << 32) + 1, 1UL << 53, (1UL << 53) + 1, ulong.MaxValue - 1, ulong.MaxValue];
        for (int i = 0; i < versions.Length; i++)
        {
            SharedSample.Put(i % 2 == 0 ? first : second, SharedSample.Table, SharedSample.Delta(17, versions[i]));
            foreach (ulong older in versions[..(i + 1)])
                SharedSample.Put(i % 2 == 0 ? second : first, SharedSample.Table, SharedSample.Delta(17, older));
            TierBatch batch = SharedSample.Batch(SharedSample.Table, 17);
            Assert.Equal(1, SharedSample.Find(first, batch).Found);
            SharedSample.AssertRow(batch, 0, versions[i]);
        }

        Assert.Equal(versions.Length, first.Measure().Written + second.Measure().Written);
    }

    [RedisFact]
    public void Nodes_that_write_at_once_leave_the_newest_of_each_key()
    {
        using SharedRows first = Open(), second = Open();
        ulong[] keys = TestRows.Keys(300);
        var newest = new ulong[keys.Length];
        Thread[] threads = [.. new[] { first, second }.Select((node, seed) => new Thread(() =>
        {
            var random = new Random(seed);
            for (int i = 0; i < 3000; i++)
            {
                int key = random.Next(keys.Length);
                ulong version = (ulong)random.Next(1, 1 << 30);
                lock (newest)
                    newest[key] = Math.Max(newest[key], version);
                node.Offer(SharedSample.Table, [SharedSample.Delta(keys[key], version)]);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        SharedSample.Until(() => first.Measure().Queue.Rows + second.Measure().Queue.Rows == 0, "all is written");
        TierBatch batch = SharedSample.Batch(SharedSample.Table, keys);
        Assert.Equal(newest.Count(version => version > 0), SharedSample.Find(second, batch).Found);
        for (int i = 0; i < keys.Length; i++)
        {
            if (newest[i] > 0)
                SharedSample.AssertRow(batch, i, newest[i]);
        }
    }

    [RedisFact]
    public void Deletion_leaves_its_version_behind()
    {
        using SharedRows rows = Open();
        SharedSample.Put(rows, SharedSample.Table, SharedSample.Delta(8, 5));
        SharedSample.Put(rows, SharedSample.Table, RowDelta.Deletion(8, 6));
        SharedSample.Put(rows, SharedSample.Table, SharedSample.Delta(8, 5));
        TierBatch batch = SharedSample.Batch(SharedSample.Table, 8);
        Assert.Equal(new SharedFind(0, 1, 0, 0, SharedRowsTrouble.None), SharedSample.Find(rows, batch));
        Assert.True(batch.IsDeleted(0));
        Assert.Equal(6UL, batch.Version(0));

        SharedSample.Put(rows, SharedSample.Table, SharedSample.Delta(8, 7));
        batch = SharedSample.Batch(SharedSample.Table, 8);
        SharedSample.Find(rows, batch);
        SharedSample.AssertRow(batch, 0, 7);
    }

    [RedisFact]
    public void Foreign_values_are_absent_counted_and_overwritten()
    {
        using SharedRows rows = Open();
        byte[] good = RowRecord.Create(RowPrecision.Fp32, SharedSample.Dim, 9), wrongDim = RowRecord.Create(RowPrecision.Fp32, SharedSample.Dim + 1, 9);
        byte[] notFinite = [.. good[..^4], .. BitConverter.GetBytes(float.NaN)];
        byte[] unknownPrecision = [.. good], unknownFormat = [.. good], longDeletion = [.. RowRecord.CreateDeletion(9), 0];
        (unknownPrecision[1], unknownFormat[0]) = (6, 2);
        byte[][] values = [[], [1], "hello world, hello"u8.ToArray(), good[..^1], [.. good, 0], wrongDim, notFinite, unknownPrecision, unknownFormat, longDeletion];
        ulong[] keys = TestRows.Keys(values.Length);
        for (int i = 0; i < values.Length; i++)
            PutForeign(SharedSample.Table, keys[i], values[i]);
        Assert.Equal(new SharedFind(0, 0, values.Length, 0, SharedRowsTrouble.None), SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, keys)));
        Assert.Equal(values.Length, rows.Measure().Foreign);

        SharedSample.Put(rows, SharedSample.Table, [.. keys.Select(key => SharedSample.Delta(key, 10))]);
        Assert.Equal(values.Length, SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, keys)).Found);
    }

    [RedisFact]
    public void Answers_are_remembered_until_this_node_changes_the_row()
    {
        using SharedRows node = Open(TimeSpan.FromSeconds(60)), other = Open();
        Assert.Equal(1, SharedSample.Find(node, SharedSample.Batch(SharedSample.Table, 1)).Absent);
        SharedSample.Put(other, SharedSample.Table, SharedSample.Delta(1, 1));
        Assert.Equal(1, SharedSample.Find(node, SharedSample.Batch(SharedSample.Table, 1)).Absent);
        Assert.Equal(1, node.Measure().Remembered);

        SharedSample.Put(node, SharedSample.Table, SharedSample.Delta(1, 2));
        TierBatch batch = SharedSample.Batch(SharedSample.Table, 1);
        SharedSample.Find(node, batch);
        SharedSample.AssertRow(batch, 0, 2);
    }

    [RedisFact]
    public void Offer_refuses_what_is_no_row_of_the_table()
    {
        using SharedRows rows = Open();
        RowDelta[] deltas =
        [
            RowDelta.Of(1, 1, new float[SharedSample.Dim + 1]), RowDelta.Of(1, 1, Array.Empty<float>()),
            RowDelta.Of(1, 1, TestRows.Constant(SharedSample.Dim, float.NaN)),
            RowDelta.OfEncoded(1, 1, RowPrecision.Int8, new byte[3]), RowDelta.OfEncoded(1, 1, (RowPrecision)77, new byte[3]), SharedSample.Delta(2, 1),
        ];
        Assert.Equal(new SharedOffer(1, 0, 0, 5), rows.Offer(SharedSample.Table, deltas));
        Assert.Throws<ArgumentException>(() => rows.Offer(new TableId(1), [SharedSample.Delta(1, 1)]));
        Assert.Throws<ArgumentException>(() => rows.Serve(SharedSample.Table, RowPrecision.Fp32, SharedSample.Dim + 1));
        Assert.Equal(5, rows.Measure().Refused);
    }

    [RedisFact]
    public void WarmAsync_hands_over_every_row_of_the_tables_with_its_stamp_and_no_other()
    {
        using SharedRows writer = Open(), fresh = Open();
        ulong[] keys = TestRows.Keys(9000);
        SharedSample.Put(writer, SharedSample.Table, [.. keys.Select((key, i) => i % 10 == 0 ? RowDelta.Deletion(key, 5) : SharedSample.Delta(key, (ulong)i))]);
        SharedSample.Put(writer, SharedSample.Other, [.. keys[..700].Select(key => SharedSample.Delta(key, 2))]);
        PutForeign(SharedSample.Table, 1, [1, 2, 3]);

        Dictionary<ulong, ulong> got = [];
        int reports = 0;
        SharedWarmUp warm = fresh.WarmAsync([SharedSample.Table], 1_000_000, (_, key) => (long)(key >> 1), batch =>
        {
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Tier(i) == RowTier.None && !batch.IsDeleted(i))
                    continue;
                Assert.Equal(SharedSample.Table, batch.Table(i));
                Assert.Equal((long)(batch.Key(i) >> 1), batch.Stamp(i));
                if (!batch.IsDeleted(i))
                    SharedSample.AssertRow(batch, i, batch.Version(i));
                got[batch.Key(i)] = batch.Version(i);
            }
        }, new CountedProgress(() => reports++)).Result;

        Assert.True(warm.IsComplete, $"{warm}");
        Assert.Equal(keys.Select((key, i) => (key, i % 10 == 0 ? 5UL : (ulong)i)).Order(), got.Select(row => (row.Key, row.Value)).Order());
        Assert.InRange(warm.Seen, 9701, long.MaxValue);
        Assert.True(reports > 1);

        SharedWarmUp cut = fresh.WarmAsync([SharedSample.Table], 1000, (_, _) => 0, _ => { }).Result;
        Assert.True(cut is { IsCut: true, Handed: 1000 }, $"{cut}");
        Assert.Equal(SharedRowsTrouble.None, cut.Trouble);
    }

    private sealed class CountedProgress(Action report) : IProgress<SharedWarmUp>
    {
        public void Report(SharedWarmUp value) => report();
    }
}
