using System.Diagnostics;
using System.Globalization;
using RecServe.Cli.Bench.Recovery;
using RecServe.Embeddings;
using RecServe.FeatureStore;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// Kills a process that consumes row updates, feature rows, experiment toggles and events from Kafka, again and again, while producers send and brokers go down and come up. A third of the kills waits
/// for a checkpoint, a sixth for a recovery. At the end the last life applies what is left, and what it holds, in memory and on disk, is compared with what every message applied once gives. One
/// message in 97 of each topic is hostile and must be in the quarantine.
/// </summary>
internal sealed class CorridorDrill(string directory, int keys, int seed, int rowsPerSecond, IProgress<string>? progress)
{
    /// <summary>Partitions of the topics of rows, of features and of events.</summary>
    public const int Partitions = 16;

    /// <summary>Topic of row updates.</summary>
    public const string RowsTopic = "recserve.rows";

    private const int Brokers = 3;
    private const double FeaturesPerSecond = 200, ExperimentsPerSecond = 5, EventsPerSecond = 100;

    private readonly DrillUpdates _updates = new(keys, seed);
    private readonly Random _random = new(seed);
    private long _made, _last, _acknowledged, _beforeThat, _applied, _replayed, _mostReplayed, _recovered;
    private int _inCheckpoint, _inRecovery, _offsetsLost, _outages, _overOneInterval, _rowsDiffer, _featuresDiffer, _experimentsDiffer, _eventsDiffer;

    public CorridorResult Run(int kills, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        using var brokers = new BrokerChild(Brokers, Partitions);
        brokers.Create(DrillFeatures.Topic, Partitions);
        brokers.Create(DrillEvents.Topic, Partitions);
        var features = new DrillFeatures(keys, seed);
        var events = new DrillEvents(seed);

        // The brokers keep 5 MB a partition: on a slow machine, a producer that ran ahead of a consumer that is dead most of the time would make gaps.
        // Partitions whose broker was down lie behind the others: the last of them counts.
        const long ahead = 4_000_000L / (DrillUpdates.BatchSize * 46);
        // They answer with one set of messages a partition: with a message a set, a consumer that lives for a second or two would not keep up.
        using var producer = new UpdateProducer(new KafkaOptions { Servers = brokers.Servers, LingerMs = 2_000 }, RowsTopic, (double)rowsPerSecond / DrillUpdates.BatchSize,
            number => ([], Message(number), (int)(number % Partitions)), () => (Volatile.Read(ref _made) / Partitions) - Volatile.Read(ref _last) > ahead);
        using var featureProducer = new UpdateProducer(new KafkaOptions { Servers = brokers.Servers, LingerMs = 500 }, DrillFeatures.Topic, FeaturesPerSecond, number => features.Message(number, Partitions), () => false);
        using var experimentProducer = new UpdateProducer(new KafkaOptions { Servers = brokers.Servers }, DrillExperiments.Topic, ExperimentsPerSecond, DrillExperiments.Message, () => false);
        using var eventProducer = new UpdateProducer(new KafkaOptions { Servers = brokers.Servers, LingerMs = 100 }, DrillEvents.Topic, EventsPerSecond, number => events.Message(number, Partitions), () => false);
        var sending = Stopwatch.StartNew();
        for (int kill = 0; kill < kills; kill++)
        {
            cancellation.ThrowIfCancellationRequested();
            int down = kill % 4 == 1 ? 1 + _random.Next(Brokers) : 0;
            if (down > 0)
            {
                brokers.Set(down, isUp: false);
                _outages++;
            }

            KillOnce(brokers.Servers, kill % 6);
            if (down > 0)
                brokers.Set(down, isUp: true);
            progress?.Report($"kill {kill + 1} of {kills}: {_inCheckpoint} in checkpoints, {_inRecovery} in recoveries, {producer.Sent + featureProducer.Sent + eventProducer.Sent:N0} messages sent, {_acknowledged:N0} checkpointed, {_replayed:N0} read again");
        }

        double seconds = sending.Elapsed.TotalSeconds;
        var sent = new DrillSent(producer.Finish(), featureProducer.Finish(), experimentProducer.Finish(), eventProducer.Finish());
        double sentPerSecond = sent.Rows * DrillUpdates.BatchSize / seconds;
        using (Process victim = Start(brokers.Servers, sent))
        {
            ChildProcess.Follow(victim, Hear);
            victim.WaitForExit();
            if (victim.ExitCode != 0)
                throw new InvalidOperationException($"the last process ended with {victim.ExitCode}");
        }

        var good = new DrillReference(_updates);
        good.Advance(sent.Rows, number => !HostileMessage.Is(number));
        using RowStore store = RowStore.Open(DrillVictim.Options(directory));
        store.Register(DrillUpdates.Table, UpdateNode.Table, DrillUpdates.Width, Kernels.RowPrecision.Int8);
        DrillFindings findings = good.Compare(store, exactly: true);
        var kept = new DurableFeatureStore(store);
        (string Topic, long Number)[] refused = [.. FileQuarantine.Read(Path.Combine(directory, "quarantine")).Select(message => (message.Topic, HostileMessage.NumberOf(message.Value.Span))).Distinct()];
        long behind = store.Offsets.Values.Sum();
        return new CorridorResult
        {
            Kills = kills,
            DuringCheckpoint = _inCheckpoint,
            DuringRecovery = _inRecovery,
            BrokerOutages = _outages,
            Messages = sent.Rows,
            FeatureMessages = sent.Features,
            ExperimentMessages = sent.Experiments,
            EventMessages = sent.Events,
            RowsSentPerS = sentPerSecond,
            RowsWantedPerS = rowsPerSecond,
            Rows = store.Measure().Rows,
            Replayed = _replayed,
            MostReplayed = _mostReplayed,
            OverOneInterval = _overOneInterval,
            OffsetsLost = _offsetsLost + (behind < sent.Kept ? 1 : 0),
            WrittenTwice = behind - sent.Kept,
            Hostile = sent.Hostile,
            HostileLost = sent.Hostile - refused.Count(message => HostileMessage.Is(message.Number)) + refused.Count(message => !HostileMessage.Is(message.Number)),
            HotDifferent = _rowsDiffer,
            FeaturesDifferent = _featuresDiffer + features.Different(kept, sent.Features),
            ExperimentsDifferent = _experimentsDiffer + DrillExperiments.Different(LastExperiments.Read(Path.Combine(directory, LastExperiments.FileName)), sent.Experiments),
            EventsDifferent = _eventsDiffer + events.Different(Path.Combine(directory, DrillEvents.FileName), sent.Events, Partitions),
            Findings = findings,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    private byte[] Message(long number)
    {
        Volatile.Write(ref _made, number + 1);
        return HostileMessage.Is(number)
            ? HostileMessage.Of(number)
            : UpdateProducer.Message(_updates, number, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private void KillOnce(string servers, int plan)
    {
        using Process victim = Start(servers, null);

        // Plans 0 and 3: some checkpoint, from its beginning on. Plan 1: the recovery. Else: any time after a checkpoint that holds more than the process began with; the
        // first comes before the broker is reached, and lives that end at it would get nowhere.
        (string line, int times, int within) = plan switch
        {
            0 or 3 => ("checkpoint begins", 1 + _random.Next(4), 20),
            1 => ("recover begins", 1, 60),
            _ => ("checkpoint ends", 1, 1500),
        };
        bool killed = false;
        string last = ChildProcess.Follow(victim, told =>
        {
            Hear(told);
            if (killed || !told.StartsWith(line, StringComparison.Ordinal) || (line == "checkpoint ends" && _acknowledged <= _recovered) || --times > 0)
                return;
            ChildProcess.KillIn(victim, _random.Next(1000 * within));
            killed = true;
        });
        victim.WaitForExit();
        if (!killed)
            throw new InvalidOperationException($"the process ended by itself with {victim.ExitCode}");
        _inCheckpoint += last.StartsWith("checkpoint begins", StringComparison.Ordinal) ? 1 : 0;
        _inRecovery += last.StartsWith("recover begins", StringComparison.Ordinal) ? 1 : 0;
    }

    private void Hear(string line)
    {
        // A line that the kill cut off has no number; it says nothing.
        string[] words = line.Split(' ');
        if (words is ["applied", var applied] && long.TryParse(applied, CultureInfo.InvariantCulture, out long number))
            _applied = Math.Max(_applied, number);
        else if (words is ["checkpoint", "ends", var acknowledged, var last, "behind"] && long.TryParse(acknowledged, CultureInfo.InvariantCulture, out number))
            (_beforeThat, _acknowledged, _last) = (_acknowledged, Math.Max(_acknowledged, number), long.Parse(last, CultureInfo.InvariantCulture));
        else if (words is ["recover", "ends", var recovered] && long.TryParse(recovered, CultureInfo.InvariantCulture, out number))
            Recovered(number);
        else if (words is ["memory", "differs", .. var counts] && counts.Length == 4)
            (_rowsDiffer, _featuresDiffer, _experimentsDiffer, _eventsDiffer) = (Parse(counts[0]), Parse(counts[1]), Parse(counts[2]), Parse(counts[3]));
    }

    private static int Parse(string number) => int.Parse(number, CultureInfo.InvariantCulture);

    private void Recovered(long offsets)
    {
        _recovered = offsets;
        _offsetsLost += offsets < _acknowledged ? 1 : 0;
        long again = Math.Max(0, _applied - offsets);
        _replayed += again;
        _mostReplayed = Math.Max(_mostReplayed, again);

        // A kill can fall between a checkpoint's becoming good and its being told.
        _overOneInterval += offsets < _beforeThat ? 1 : 0;
        _acknowledged = Math.Max(_acknowledged, offsets);
    }

    private Process Start(string servers, DrillSent? sent) => ChildProcess.Start(
        ["bench", "corridor", "--victim", directory, "--servers", servers, "--keys", $"{keys}", "--seed", $"{seed}", .. sent is null ? (string[])[] : ["--until", $"{sent}"]]);
}
