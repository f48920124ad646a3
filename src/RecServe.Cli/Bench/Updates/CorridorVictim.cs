using RecServe.Cli.Bench.Recovery;
using RecServe.Embeddings;
using RecServe.Kernels;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// The process that is killed: recovers, consumes, and takes a checkpoint every quarter of a second. It tells each step on standard output, which the drill reads to the
/// end after the kill.
/// </summary>
internal static class CorridorVictim
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs until it is killed, or until everything that was sent is applied and checkpointed.</summary>
    public static void Run(string directory, string servers, int keys, int seed, DrillSent? sent, TextWriter output)
    {
        output.WriteLine("recover begins");
        var updates = new DrillUpdates(keys, seed);
        using var node = new CorridorNode(directory, servers);
        output.WriteLine($"recover ends {node.Checkpointed}");
        node.Start();
        for (bool isAll = false; !isAll;)
        {
            for (int i = 0; i < 25; i++)
            {
                Thread.Sleep(Interval / 25);
                output.WriteLine($"applied {node.Applied}");
            }

            // Before the checkpoint, which then holds what was seen here.
            isAll = sent is not null && HasAll(node, sent);
            node.Store.Reclaim(); // every time, as a server does: of lives that have three checkpoints few get to a fifth, and the log grew to 60 times what lived in it, and recoveries with it
            output.WriteLine("checkpoint begins");
            node.Checkpoint();
            output.WriteLine($"checkpoint ends {node.Checkpointed} {Behind(node.Store)} behind");
            if (((UpdateSnapshot[])[node.RowConsumer.Measure(), node.FeatureConsumer.Measure()]).FirstOrDefault(now => now.State is "failed" or "offset_gap") is { } broken)
                throw new InvalidOperationException($"the corridor of {broken.Topic} stands: {broken.State} {broken.Trouble} {string.Join("; ", broken.Shards.Select(shard => shard.Detail))}");
            if (node.ExperimentConsumer.Measure() is { State: "failed" } failed)
                throw new InvalidOperationException($"the corridor of {failed.Topic} stands: {failed.Trouble}");
            if (node.EventConsumer.Measure() is { State: "failed" } or { Lost: > 0 })
                throw new InvalidOperationException($"the corridor of {DrillEvents.Topic} stands or lost messages: {node.EventConsumer.Measure().Trouble}");
        }

        node.EventConsumer.Drain();
        string counted = Path.Combine(directory, "events.memory");
        node.Events.Save(counted);
        output.WriteLine($"memory differs {HotDifferent(node, updates, sent!.Rows)} {new DrillFeatures(keys, seed).Different(node.Features, sent.Features)} {node.Experiments.Different(sent.Experiments)} {new DrillEvents(seed).Different(counted, sent.Events, CorridorDrill.Partitions)}");
    }

    /// <summary>The offset of the partition of rows that is checkpointed least far.</summary>
    private static long Behind(RowStore store)
    {
        long[] offsets = [.. store.Offsets.Where(offset => offset.Key.Contains($":{CorridorDrill.RowsTopic}:", StringComparison.Ordinal)).Select(offset => offset.Value)];
        return offsets.Length < CorridorDrill.Partitions ? 0 : offsets.Min();
    }

    /// <summary>Whether everything that the brokers have is applied, and it is no less than was sent.</summary>
    private static bool HasAll(CorridorNode node, DrillSent sent) =>
        HasAll(node.RowConsumer, sent.Rows) && HasAll(node.FeatureConsumer, sent.Features) && node.ExperimentConsumer.Measure() is { State: "live", Lag: 0 } && HasAll(node.EventConsumer, sent.Events);

    private static bool HasAll(UpdateConsumer consumer, long sent) =>
        consumer.Positions.Values.Sum() >= sent && consumer.Measure() is { State: "live" } now && now.Shards.Count == CorridorDrill.Partitions && now.Shards.Sum(shard => shard.Lag) == 0;

    private static bool HasAll(EventConsumer consumer, long sent) =>
        consumer.Measure() is { State: "live" } now && now.Partitions.Count == CorridorDrill.Partitions && now.Partitions.Sum(one => one.Applied + 1) >= sent && now.Partitions.Sum(one => one.Lag) == 0;

    /// <summary>Rows of process memory that are not what the store has.</summary>
    private static int HotDifferent(CorridorNode node, DrillUpdates updates, long batches)
    {
        ulong[] keys = [.. Enumerable.Range(0, (int)(batches * DrillUpdates.BatchSize)).Select(update => updates.KeyOf(update)).Distinct()];
        float[] values = new float[keys.Length * DrillUpdates.Width], stored = new float[DrillUpdates.Width];
        bool[] found = new bool[keys.Length];
        node.Rows.ReadHot(keys, values, found);
        var batch = new TierBatch();
        int different = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            batch.Clear();
            batch.Add(DrillUpdates.Table, keys[i], 0);
            node.Store.Find(batch);
            bool isThere = batch.Tier(0) != RowTier.None;
            if (isThere)
                RowCodec.Decode(batch.Precision(0), batch.Row(0), stored);
            if (isThere != found[i] || (isThere && !stored.AsSpan().SequenceEqual(values.AsSpan(i * DrillUpdates.Width, DrillUpdates.Width))))
                different++;
        }

        return different;
    }
}
