using System.Diagnostics;
using RecServe.Cli.Bench.Recovery;
using RecServe.Embeddings;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>Measures the corridor from the producer to visible rows: brokers in a process of their own, a store and hot rows in this one, a checkpoint every two seconds.</summary>
internal sealed class UpdatesRun(string directory, int rowsPerSecond, int keys, int seed, bool withRedis)
{
    private const int Partitions = 16, RowsPerMessage = 100, Templates = 4_096;

    // The brokers keep 5 MB a partition; a producer that is not held to a rate is held to half of that ahead of the consumer.
    private const long MostAhead = Partitions * 2_500_000L / (RowsPerMessage * 42);

    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromMinutes(2);

    private readonly List<double> _staleness = [];
    private long _made, _read;

    public UpdatesResult Run(TimeSpan warmUp, TimeSpan time, CancellationToken cancellation)
    {
        var updates = new DrillUpdates(keys, seed);
        MessageTemplate[] templates = [.. Enumerable.Range(0, Templates).Select(number => MessageTemplate.Of(updates, number, RowsPerMessage, Partitions))];
        ulong[] keysSent = [.. templates.SelectMany(template => template.Keys).Distinct()];
        using var brokers = new BrokerChild(1, Partitions);
        using SharedCopy? shared = withRedis ? SharedCopy.Start() : null;
        using var node = new UpdateNode(new RowStoreOptions { Directory = directory, LogMemoryBytes = 512L << 20 }, brokers.Servers, keysSent, Note, shared?.Rows);
        node.Consumer.Start();
        using var producer = new UpdateProducer(brokers.Servers, Partitions, (double)rowsPerSecond / RowsPerMessage, Source(templates),
            () => Volatile.Read(ref _made) - Volatile.Read(ref _read) > MostAhead);
        var measured = new Stopwatch();
        var whole = Stopwatch.StartNew();
        var checkpoints = new List<double>();
        long first = 0, nextCheckpoint = 2_000;
        while (whole.Elapsed < warmUp + time)
        {
            cancellation.ThrowIfCancellationRequested();
            Thread.Sleep(2);
            UpdateSnapshot now = node.Consumer.Measure();
            Volatile.Write(ref _read, now.Messages);
            if (!measured.IsRunning && whole.Elapsed >= warmUp)
            {
                first = now.Applied;
                lock (_staleness)
                    _staleness.Clear();
                measured.Start();
            }

            if (whole.ElapsedMilliseconds >= nextCheckpoint)
            {
                checkpoints.Add(node.Checkpoint().Duration.TotalMilliseconds);
                nextCheckpoint = whole.ElapsedMilliseconds + 2_000;
            }
        }

        UpdatesResult figures = Figures(node.Consumer.Measure(), first, keysSent.Length, measured.Elapsed.TotalSeconds, [.. checkpoints.Order()]);
        if (shared is null)
            return figures;
        long sent = producer.Finish();
        if (!SpinWait.SpinUntil(() => node.Consumer.Measure().Messages >= sent, LongestCatchUp))
            throw new InvalidOperationException($"{node.Consumer.Measure().Messages} of {sent} messages were applied {LongestCatchUp.TotalMinutes:0} minutes after the last one");
        return figures with { Redis = shared.Finish(node.Store, keysSent) };
    }

    private UpdatesResult Figures(UpdateSnapshot now, long first, int distinct, double seconds, double[] checkpoints)
    {
        double[] staleness;
        lock (_staleness)
            staleness = [.. _staleness.Order()];
        if (staleness.Length == 0 || now.Refused.Count > 0 || now.State is not "live")
            throw new InvalidOperationException($"the corridor is {now.State}: {now.Trouble} {string.Join("; ", now.Refused)} {string.Join("; ", now.Shards.Select(shard => shard.Detail).OfType<string>())}");
        return new UpdatesResult
        {
            Rate = rowsPerSecond,
            Rows = now.Applied - first,
            Stale = now.Stale,
            Keys = distinct,
            Seconds = seconds,
            RowsPerS = (now.Applied - first) / seconds,
            StalenessP50Ms = staleness[staleness.Length / 2],
            StalenessP99Ms = staleness[(int)(staleness.Length * 0.99)],
            Checkpoints = checkpoints.Length,
            CheckpointMedianMs = checkpoints.Length == 0 ? 0 : checkpoints[checkpoints.Length / 2],
            Partitions = Partitions,
            Redis = null,
            RowsPerMessage = RowsPerMessage,
            Cores = Environment.ProcessorCount,
        };
    }

    private Func<long, byte[]> Source(MessageTemplate[] templates)
    {
        ulong begin = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        return number =>
        {
            Volatile.Write(ref _made, number + 1);
            return templates[number % Templates].Fill(begin + (ulong)(number * RowsPerMessage), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        };
    }

    private void Note(TimeSpan time, int rows)
    {
        lock (_staleness)
            _staleness.Add(time.TotalMilliseconds);
    }
}
