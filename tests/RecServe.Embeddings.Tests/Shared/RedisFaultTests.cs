using System.Diagnostics;

namespace RecServe.Embeddings.Tests;

/// <summary>One real server, killed, paused, flushed and restarted while threads look rows up and one writes.</summary>
public sealed class RedisFaultTests : IDisposable
{
    // What a look-up may take beyond its timeout: the threads share two cores with the server and with other tests.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(50), Slack = TimeSpan.FromMilliseconds(450);

    // RECSERVE_TEST_PAUSES=2000 runs for minutes.
    private static readonly int Pauses = int.TryParse(Environment.GetEnvironmentVariable("RECSERVE_TEST_PAUSES"), out int pauses) ? pauses : 25;

    private readonly RedisServer? _server = RedisServer.Program is null ? null : new RedisServer();
    private readonly ulong[] _keys = TestRows.Keys(2000);

    public void Dispose() => _server?.Dispose();

    [RedisFact]
    public void Kill_and_restart_degrades_and_recovers() => Drill(server =>
    {
        server.Kill();
        return server.Start;
    });

    [RedisFact]
    public void Pause_degrades_and_recovers() => Drill(server =>
    {
        server.Pause();
        return server.Resume;
    });

    [RedisFact]
    public void Flush_is_a_server_without_rows()
    {
        using SharedRows rows = SharedSample.Connect(SharedSample.Options(_server!.ConnectionString));
        using var load = new Load(rows, _keys);
        SharedSample.Put(rows, SharedSample.Table, Deltas(1));
        SharedSample.Until(() => load.Last.Found > 0, "rows are found");
        _server.Command("FLUSHALL");
        SharedSample.Until(() => load.Last is { Found: 0, Absent: > 0 }, "no rows are found");
        SharedSample.Put(rows, SharedSample.Table, Deltas(2));
        SharedSample.Until(() => load.Last is { Found: > 0, Absent: 0 }, "rows are found again");
        Assert.Equal(SharedRowsState.Closed, rows.State);
    }

    [RedisFact]
    public void Pause_longer_than_a_connection_may_be_silent_replaces_it()
    {
        using SharedRows rows = SharedSample.Connect(new SharedRowsOptions
        {
            ConnectionString = _server!.ConnectionString, Timeout = Timeout, RememberFor = TimeSpan.Zero, ProbeEvery = TimeSpan.FromMilliseconds(20), ReconnectAfter = TimeSpan.FromMilliseconds(300),
        });
        SharedSample.Put(rows, SharedSample.Table, Deltas(1));
        using var load = new Load(rows, _keys);
        SharedSample.Until(() => load.Last.Found > 0, "rows are found");
        _server.Pause();
        SharedSample.Until(() => rows.Measure().Reconnects > 1, "the connection is replaced");
        SharedSample.Until(() => rows.Measure().InFlight == 0, "nothing of the old connection is left");
        _server.Resume();
        SharedSample.Until(() => rows.State == SharedRowsState.Closed && load.Last is { Found: > 0, Unanswered: 0 }, "rows are found again");
        load.Stop();
        Assert.True(load.Slowest <= Timeout + Slack, $"a look-up took {load.Slowest.TotalMilliseconds} ms");
    }

    [RedisFact]
    public void Answers_that_come_late_never_reach_a_batch()
    {
        using SharedRows rows = SharedSample.Connect(new SharedRowsOptions
        {
            ConnectionString = _server!.ConnectionString, Timeout = TimeSpan.FromMilliseconds(2), RememberFor = TimeSpan.Zero, FailuresToOpen = 1000,
        });
        SharedSample.Put(rows, SharedSample.Table, Deltas(1));
        using var load = new Load(rows, _keys);
        for (int pause = 1; pause <= Pauses; pause++)
        {
            long calls = load.Calls;
            _server.Pause();
            SharedSample.Until(() => load.Calls > calls + 20, "look-ups go on");
            rows.Offer(SharedSample.Table, Deltas((ulong)pause + 1));
            _server.Resume();
            calls = load.Calls;
            SharedSample.Until(() => load.Calls > calls + 20, "look-ups go on");
        }

        SharedSample.Until(() => rows.Measure() is { Late: > 0, TimedOut: > 0, Hits: > 0 }, "some answers come late");
        load.Stop();
    }

    [RedisFact]
    public void Server_that_comes_later_is_found()
    {
        _server!.Kill();
        using var rows = new SharedRows(SharedSample.Options(_server.ConnectionString, Timeout));
        SharedSample.Serve(rows);
        TierBatch batch = SharedSample.Batch(SharedSample.Table, 1, 2);
        Assert.Equal(new SharedFind(0, 0, 0, 2, SharedRowsTrouble.NotConnected), SharedSample.Find(rows, batch));
        Assert.Equal(2, rows.Offer(SharedSample.Table, [SharedSample.Delta(1, 1), SharedSample.Delta(2, 1)]).Queued);
        _server.Start();
        SharedSample.Until(() => rows.State == SharedRowsState.Closed && rows.Measure().Written == 2, "what waited is written");
    }

    /// <summary>Threads look up before, during and after a fault.</summary>
    private void Drill(Func<RedisServer, Action> fault)
    {
        using SharedRows rows = SharedSample.Connect(SharedSample.Options(_server!.ConnectionString, Timeout));
        SharedSample.Put(rows, SharedSample.Table, Deltas(1));
        using var load = new Load(rows, _keys);
        SharedSample.Until(() => load.Last.Found > 0, "rows are found");

        Action repair = fault(_server);
        SharedSample.Until(() => rows.State == SharedRowsState.Open && load.Last.Trouble == SharedRowsTrouble.BreakerOpen, "the breaker opens");
        rows.Offer(SharedSample.Table, Deltas(2));
        long calls = load.Calls;
        SharedSample.Until(() => load.Calls > calls + 200, "look-ups go on");
        Assert.True(load.Last.IsDegraded || load.Last.Found > 0);

        repair();
        SharedSample.Until(() => rows.State == SharedRowsState.Closed && rows.Measure().Queue.Rows == 0, "the breaker closes and what waited is written");
        SharedSample.Until(() => load.Last is { Absent: 0, Unanswered: 0, Found: > 0 }, "every row is found");
        load.Stop();
        Assert.True(load.Slowest <= Timeout + Slack, $"a look-up took {load.Slowest.TotalMilliseconds} ms");
        Assert.Equal(0, rows.Measure().InFlight);
    }

    private RowDelta[] Deltas(ulong version) => [.. _keys.Select(key => SharedSample.Delta(key, version))];

    /// <summary>
    /// Three threads, each with two batches that it uses again and again. Every row is checked byte for byte when it comes, and once more before its batch
    /// is used again, when answers that were too late for it have come.
    /// </summary>
    private sealed class Load : IDisposable
    {
        private readonly Thread[] _threads;
        private readonly SharedRows _rows;
        private readonly ulong[] _keys;
        private Exception? _error;
        private long _slowest, _calls;
        private volatile bool _stop;
        private volatile object _last = default(SharedFind);

        public Load(SharedRows rows, ulong[] keys)
        {
            (_rows, _keys) = (rows, keys);
            _threads = [.. Enumerable.Range(0, 3).Select(seed => new Thread(() => Run(seed)))];
            foreach (Thread thread in _threads)
                thread.Start();
        }

        public SharedFind Last => (SharedFind)_last;

        public long Calls => Interlocked.Read(ref _calls);

        public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref _slowest));

        public void Stop()
        {
            _stop = true;
            foreach (Thread thread in _threads)
                thread.Join();
            Assert.Null(_error);
        }

        public void Dispose() => Stop();

        private void Run(int seed)
        {
            try
            {
                var random = new Random(seed);
                TierBatch batch = new(), previous = new();
                SharedFind previousFind = default;
                while (!_stop)
                {
                    (batch, previous) = (previous, batch);
                    batch.Clear();
                    int first = random.Next(_keys.Length - 100);
                    foreach (ulong key in _keys.AsSpan(first, random.Next(1, 100)))
                        batch.Add(SharedSample.Table, key, 0);
                    long start = Stopwatch.GetTimestamp();
                    SharedFind find = _rows.Find(batch, TimeSpan.FromSeconds(30));
                    long took = Stopwatch.GetElapsedTime(start).Ticks, slowest = Interlocked.Read(ref _slowest);
                    while (took > slowest)
                        slowest = Interlocked.CompareExchange(ref _slowest, took, slowest) is var seen && seen == slowest ? took : seen;
                    Check(batch, find);
                    Check(previous, previousFind);
                    previousFind = find;
                    _last = find;
                    Interlocked.Increment(ref _calls);
                }
            }
            catch (Exception error)
            {
                _error = error;
            }
        }

        private static void Check(TierBatch batch, SharedFind find)
        {
            Assert.Equal(batch.Count, find.Found + find.Absent + find.Unanswered);
            Assert.Equal(batch.Missing, find.Absent + find.Unanswered);
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Tier(i) == RowTier.Redis)
                    SharedSample.AssertRow(batch, i, batch.Version(i));
            }
        }
    }
}
