using Microsoft.Extensions.Time.Testing;

namespace RecServe.Embeddings.Tests;

/// <summary>Writing behind, with a store that holds writes back or refuses them on command.</summary>
public sealed class SharedRowsWriteTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryStore _store = new();

    public void Dispose() => _store.Dispose();

    private SharedRows Open(int queueRows = 1000, long queueBytes = 1 << 20)
    {
        var rows = new SharedRows(
            new SharedRowsOptions
            {
                ConnectionString = "none:1", Timeout = TimeSpan.FromSeconds(1), QueueRows = queueRows, QueueBytes = queueBytes,
                ProbeEvery = TimeSpan.FromMilliseconds(10), ReconnectAfter = TimeSpan.FromMinutes(10),
            },
            _store, _time);
        SharedSample.Serve(rows);
        return rows;
    }

    [Fact]
    public void Waiting_row_answers_until_it_is_written()
    {
        using SharedRows rows = Open();
        Put(rows, SharedSample.Delta(1, 4));
        _store.IsHeld = true;
        rows.Offer(SharedSample.Table, [SharedSample.Delta(1, 5)]);
        TierBatch batch = SharedSample.Batch(SharedSample.Table, 1);
        Assert.Equal(1, SharedSample.Find(rows, batch).Found);
        SharedSample.AssertRow(batch, 0, 5);
        Assert.Equal((0, 1L), (_store.Reads, rows.Measure().FromQueue));

        // A newer row comes while the older one is being written: it waits, and is written next.
        rows.Offer(SharedSample.Table, [SharedSample.Delta(1, 6)]);
        _store.Release();
        Drain(rows);
        batch = SharedSample.Batch(SharedSample.Table, 1);
        SharedSample.Find(rows, batch);
        SharedSample.AssertRow(batch, 0, 6);
        Assert.Equal(1, _store.Reads);
        Assert.Equal((0L, 0L), rows.Measure().Queue);
    }

    [Fact]
    public void Question_sent_before_a_write_is_not_joined_after_it()
    {
        using SharedRows rows = Open();
        Put(rows, SharedSample.Delta(1, 4));
        TierBatch batch = SharedSample.Batch(SharedSample.Table, 1);
        SharedSample.Find(rows, batch);
        SharedSample.AssertRow(batch, 0, 4);
        for (ulong version = 5; version < 200; version++)
        {
            Put(rows, SharedSample.Delta(1, version));
            batch = SharedSample.Batch(SharedSample.Table, 1);
            SharedSample.Find(rows, batch);
            SharedSample.AssertRow(batch, 0, version);
        }
    }

    [Fact]
    public void Full_queue_drops_new_keys_and_still_takes_newer_rows_of_waiting_ones()
    {
        _store.Lanes = 0;
        using SharedRows rows = Open(queueRows: 10);
        Assert.Equal(new SharedOffer(10, 0, 5, 0), rows.Offer(SharedSample.Table, [.. Enumerable.Range(0, 15).Select(key => SharedSample.Delta((ulong)key, 3))]));
        Assert.Equal(new SharedOffer(1, 2, 0, 0), rows.Offer(SharedSample.Table, [SharedSample.Delta(4, 4), SharedSample.Delta(4, 4), SharedSample.Delta(5, 2)]));
        Assert.Equal((10L, 5L, 1L), (rows.Measure().Queue.Rows, rows.Measure().Dropped, rows.Measure().Coalesced));
        _store.Lanes = 1;
        Drain(rows);
        Assert.Equal(10, rows.Measure().Written);
        TierBatch batch = SharedSample.Batch(SharedSample.Table, 4, 12);
        SharedSample.Find(rows, batch);
        SharedSample.AssertRow(batch, 0, 4);
        Assert.Equal(RowTier.None, batch.Tier(1));
    }

    [Fact]
    public void Queue_keeps_its_bytes()
    {
        _store.Lanes = 0;
        using SharedRows rows = Open(queueBytes: 4096);
        SharedOffer offer = rows.Offer(SharedSample.Table, [.. Enumerable.Range(0, 100).Select(key => SharedSample.Delta((ulong)key, 3))]);
        Assert.Equal(4096 / (160 + 12 + 4 * SharedSample.Dim), offer.Queued);
        Assert.InRange(rows.Measure().Queue.Bytes, 3800, 4096);
    }

    [Fact]
    public void Refused_writes_are_tried_again_and_lose_nothing()
    {
        using SharedRows rows = Open();
        bool fails = true;
        _store.Fails = _ => fails;
        rows.Offer(SharedSample.Table, [.. Enumerable.Range(0, 300).Select(key => SharedSample.Delta((ulong)key, 3))]);
        SharedSample.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                return rows.Measure().WriteFailures >= 30;
            },
            "the writes are refused");
        Assert.Equal(300, rows.Measure().Queue.Rows);
        fails = false;
        Drain(rows);
        Assert.Equal((300L, 0L), (rows.Measure().Written, rows.Measure().Queue.Bytes));
        Assert.Equal(SharedRowsState.Closed, rows.State);
    }

    [Fact]
    public void Two_threads_offering_versions_in_any_order_leave_the_newest()
    {
        using SharedRows rows = Open();
        ulong[] keys = TestRows.Keys(50);
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            for (int i = 0; i < 4000; i++)
                rows.Offer(SharedSample.Table, [SharedSample.Delta(keys[random.Next(keys.Length)], (ulong)random.Next(1, 1000))]);
            rows.Offer(SharedSample.Table, [.. keys.Select(key => SharedSample.Delta(key, 1000 + (ulong)seed))]);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Drain(rows);
        TierBatch batch = SharedSample.Batch(SharedSample.Table, keys);
        Assert.Equal(50, SharedSample.Find(rows, batch).Found);
        for (int i = 0; i < 50; i++)
            SharedSample.AssertRow(batch, i, 1001);
    }

    private void Put(SharedRows rows, RowDelta delta)
    {
        Assert.Equal(1, rows.Offer(SharedSample.Table, [delta]).Queued);
        Drain(rows);
    }

    private void Drain(SharedRows rows) => SharedSample.Until(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return rows.Measure().Queue.Rows == 0;
        },
        "what waits is written");
}
