using Microsoft.Extensions.Time.Testing;

namespace RecServe.Embeddings.Tests;

/// <summary>Slow and failing answers, with a store that holds them back on command and a clock that stands still.</summary>
public sealed class SharedRowsTimingTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(2);
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryStore _store = new();

    public void Dispose() => _store.Dispose();

    private SharedRows Open(TimeSpan? remember = null, int maxInFlight = 64)
    {
        var rows = new SharedRows(
            new SharedRowsOptions
            {
                ConnectionString = "none:1", Timeout = TimeSpan.FromMilliseconds(5), RememberFor = remember ?? TimeSpan.Zero, MaxInFlight = maxInFlight, FailuresToOpen = 3,
                ProbeEvery = TimeSpan.FromMilliseconds(100), ReconnectAfter = TimeSpan.FromSeconds(1),
            },
            _store, _time);
        SharedSample.Serve(rows);
        return rows;
    }

    private void Put(ulong key, ulong version)
    {
        byte[] record = RowRecord.Create(Kernels.RowPrecision.Fp32, SharedSample.Dim, version);
        SharedSample.Encoded(key, version).CopyTo(record, RowRecord.HeaderBytes);
        _store.Put(new RowId(SharedSample.Table, key), record);
    }

    [Fact]
    public void Late_answer_leaves_a_reused_batch_alone()
    {
        using SharedRows rows = Open();
        Put(1, 1);
        Put(2, 1);
        _store.IsHeld = true;
        TierBatch batch = SharedSample.Batch(SharedSample.Table, 1);
        Assert.Equal(new SharedFind(0, 0, 0, 1, SharedRowsTrouble.TimedOut), rows.Find(batch, Short));
        batch.Clear();
        batch.Add(SharedSample.Table, 2, 0);
        _time.Advance(TimeSpan.FromMilliseconds(6));
        _store.Release();
        SharedSample.Until(() => rows.Measure().Late == 1, "the answer comes late");
        Assert.Equal((1, 1, RowTier.None), (batch.Count, batch.Missing, batch.Tier(0)));
        Assert.Equal(0, rows.Measure().InFlight);
        Assert.Equal(1, SharedSample.Find(rows, batch).Found);
        SharedSample.AssertRow(batch, 0, 1);
    }

    [Fact]
    public void Keys_beyond_the_budget_go_unanswered_until_others_land()
    {
        using SharedRows rows = Open();
        _store.IsHeld = true;
        Assert.Equal(SharedRowsTrouble.TimedOut, rows.Find(SharedSample.Batch(SharedSample.Table, TestRows.Keys(60)), Short).Trouble);
        Assert.Equal(60, rows.Measure().InFlight);
        Assert.Equal(new SharedFind(0, 0, 0, 5, SharedRowsTrouble.Busy), rows.Find(SharedSample.Batch(SharedSample.Table, TestRows.Keys(5, seed: 2)), Short));
        _store.Release();
        SharedSample.Until(() => rows.Measure().InFlight == 0, "the questions land");
        Assert.Equal(5, SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, TestRows.Keys(5, seed: 2))).Absent);
        Assert.Equal(5, rows.Measure().NotAsked);
    }

    [Fact]
    public void Questions_that_never_land_are_given_up_and_free_the_budget()
    {
        using SharedRows rows = Open();
        _store.IsHeld = true;
        rows.Find(SharedSample.Batch(SharedSample.Table, TestRows.Keys(64)), Short);
        SharedSample.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return rows.Measure().InFlight == 0;
            },
            "the questions are given up");
        Assert.True(rows.Measure().Opened == 0, "one slow question opens nothing");
    }

    [Fact]
    public void Breaker_opens_after_failures_in_a_row_and_closes_by_a_probe()
    {
        using SharedRows rows = Open();
        bool fails = true;
        _store.Fails = _ => fails;
        for (int i = 0; i < 3; i++)
            Assert.Equal(new SharedFind(0, 0, 0, 1, SharedRowsTrouble.Failed), SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, (ulong)i)));
        Assert.Equal(SharedRowsState.Open, rows.State);
        int reads = _store.Reads;
        Assert.Equal(new SharedFind(0, 0, 0, 1, SharedRowsTrouble.BreakerOpen), SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, 1)));
        Assert.Equal(reads, _store.Reads);

        for (int i = 0; i < 5; i++)
            _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(SharedRowsState.Open, rows.State);
        fails = false;
        SharedSample.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return rows.State == SharedRowsState.Closed;
            },
            "a probe closes it");
        Assert.Equal(1, SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, 1)).Absent);
        Assert.Equal(1, rows.Measure().Opened);
    }

    [Fact]
    public void Failures_with_an_answer_between_them_open_nothing()
    {
        using SharedRows rows = Open();
        bool fails = false;
        _store.Fails = _ => fails;
        for (int i = 0; i < 30; i++)
        {
            fails = i % 3 != 2;
            SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, (ulong)i));
        }

        Assert.Equal(SharedRowsState.Closed, rows.State);
    }

    [Fact]
    public void Lane_that_fails_opens_alone()
    {
        _store.Lanes = RowLanes.Count;
        using SharedRows rows = Open();
        ulong[] keys = TestRows.Keys(60);
        int bad = RowLanes.Of(new RowId(SharedSample.Table, keys[0])), inBad = keys.Count(key => RowLanes.Of(new RowId(SharedSample.Table, key)) == bad);
        _store.Fails = lane => lane == bad;
        for (int i = 0; i < 3; i++)
            Assert.Equal(new SharedFind(0, 0, 60 - inBad, inBad, SharedRowsTrouble.Failed), SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, keys)));
        Assert.Equal(new SharedFind(0, 0, 60 - inBad, inBad, SharedRowsTrouble.BreakerOpen), SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, keys)));
        Assert.Equal((SharedRowsState.PartlyOpen, (1, 64)), (rows.State, rows.Measure().Lanes));
    }

    [Fact]
    public void Silent_connection_is_replaced()
    {
        using SharedRows rows = Open();
        _store.IsHeld = true;
        for (int i = 0; i < 3; i++)
        {
            rows.Find(SharedSample.Batch(SharedSample.Table, (ulong)i), Short);
            _time.Advance(TimeSpan.FromMilliseconds(6));
            rows.Find(SharedSample.Batch(SharedSample.Table, (ulong)i), Short);
        }

        SharedSample.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return _store.Reconnects > 0;
            },
            "the connection is replaced");
        Assert.Equal(SharedRowsState.Open, rows.State);
        _store.Release();
        SharedSample.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return rows.State == SharedRowsState.Closed;
            },
            "it closes");
    }

    [Fact]
    public void Key_is_asked_for_once_by_many_requests()
    {
        using SharedRows rows = Open(TimeSpan.FromSeconds(1), maxInFlight: 1000);
        Put(1, 4);
        _store.IsHeld = true;
        var found = new int[8];
        Thread[] threads = [.. Enumerable.Range(0, found.Length).Select(i => new Thread(() =>
        {
            // The clock stands still, so only the real wait of 5 ms ends a look-up; some come back for the answer.
            SharedSample.Until(() => (found[i] = rows.Find(SharedSample.Batch(SharedSample.Table, 1), TimeSpan.FromSeconds(9)).Found) == 1, "it is found");
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        SharedSample.Until(() => _store.Reads > 0, "it is asked for");
        _store.Release();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.All(found, one => Assert.Equal(1, one));
        Assert.Equal(1, _store.ReadRows);

        _time.Advance(TimeSpan.FromMilliseconds(999));
        SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, 1));
        Assert.Equal(1, _store.ReadRows);
        _time.Advance(TimeSpan.FromMilliseconds(2));
        SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, 1));
        Assert.Equal(2, _store.ReadRows);
    }

    [Fact]
    public void Remembered_answers_keep_their_bytes()
    {
        var answers = new RecentAnswers(1000, 5 * 160 + 100);
        for (ulong key = 0; key < 50; key++)
        {
            var flight = new Flight([new RowId(SharedSample.Table, key)], 0, (long)key);
            answers.Add(flight);
            Assert.True(flight.TryLand([new byte[20]]));
            answers.Land(flight, (long)key);
            Assert.InRange(answers.Bytes, 180, 5 * 160 + 100);
            Assert.Equal(Math.Min(5, (int)key + 1), answers.Count);
        }

        Assert.True(answers.TryJoin(new RowId(SharedSample.Table, 49), 50, out _));
        answers.Trim(2000);
        Assert.Equal((0, 0), (answers.Count, answers.Bytes));
    }

    [Fact]
    public void No_time_left_asks_nothing()
    {
        using SharedRows rows = Open();
        Assert.Equal(new SharedFind(0, 0, 0, 1, SharedRowsTrouble.NoTime), rows.Find(SharedSample.Batch(SharedSample.Table, 1), TimeSpan.Zero));
        Assert.Equal(0, _store.Reads);
    }
}
