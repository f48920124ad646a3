using System.CommandLine;
using System.Text.Json;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Recovery;
using RecServe.Cli.Bench.Updates;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench corridor</c>: kills a process that consumes row updates, feature rows, experiments and events from Kafka, and compares what it ends with with what every message applied once gives.</summary>
internal static class CorridorBench
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Verb Create()
    {
        var kills = NumberOption.Whole("--kills", "How often the process is killed.", 200, 1, 10_000);
        var keys = NumberOption.Whole("--keys", "Keys that updates go to.", 60_000, 1000, 10_000_000);
        var rate = NumberOption.Whole("--rate", "Rows a second that are sent.", 20_000, 500, 1_000_000);
        var seed = NumberOption.Whole("--seed", "Seed of updates and of the times of kills.", 1, 0, int.MaxValue);
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var victim = new Option<string?>("--victim") { Description = "Be the process that is killed, with its store here.", Hidden = true };
        var servers = new Option<string>("--servers") { Description = "Brokers.", Hidden = true, DefaultValueFactory = _ => "" };
        var until = new Option<string?>("--until") { Description = "End when so many messages are applied: of rows, features, experiments and events, with commas between them.", Hidden = true };
        var verb = new Verb("corridor", "Kill a process that consumes row updates, feature rows, experiments and events from Kafka, again and again, while brokers go down and come up, and compare what it ends with with what every message applied once gives.",
            "recserve bench corridor --kills 200 --json")
        {
            kills, keys, rate, seed, json, victim, servers, until,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(victim) is string directory)
            {
                CorridorVictim.Run(directory, parsed.GetRequiredValue(servers), parsed.GetValue(keys), parsed.GetValue(seed), DrillSent.Parse(parsed.GetValue(until)), output);
                return Task.FromResult(ExitCode.Ok);
            }

            string place = Directory.CreateTempSubdirectory("recserve-corridor-").FullName;
            try
            {
                var drill = new CorridorDrill(place, parsed.GetValue(keys), parsed.GetValue(seed), parsed.GetValue(rate), new LineProgress(parsed.InvocationConfiguration.Error));
                CorridorResult result = drill.Run(parsed.GetValue(kills), cancellation);
                Write(result, parsed.GetValue(json), output);
                return Task.FromResult(result.Passed ? ExitCode.Ok : ExitCode.Failed);
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        });
        return verb;
    }

    private static void Write(CorridorResult result, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(result, Layout));
            return;
        }

        output.WriteLine($"{result.Kills} kills: {result.DuringCheckpoint} during a checkpoint, {result.DuringRecovery} during a recovery; brokers went down {result.BrokerOutages} times");
        output.WriteLine($"{result.Messages:N0} messages of {DrillUpdates.BatchSize} updates, {result.RowsSentPerS:N0} updates a second of {result.RowsWantedPerS:N0} that were wanted, {result.FeatureMessages:N0} feature rows, {result.ExperimentMessages:N0} changes of experiments, {result.EventMessages:N0} messages of events, {result.Hostile:N0} hostile ones among them; {result.Replayed:N0} messages were read again, at most {result.MostReplayed:N0} after one kill; {result.WrittenTwice:N0} stand in the log twice");
        output.WriteLine(result.IsWhole
            ? "rows, feature rows, experiments and counts of events, in memory and on disk, and the quarantine are those of a node that read every message once"
            : $"FAILED: {result.Findings}; {result.OffsetsLost} offsets lost, {result.HostileLost} hostile messages not quarantined, {result.HotDifferent} rows of process memory, {result.FeaturesDifferent} feature rows, {result.ExperimentsDifferent} experiments and {result.EventsDifferent} of 2 counts of events differ, {result.OverOneInterval} replays longer than a checkpoint's interval");
        if (!result.KeptUp)
            output.WriteLine("FAILED: fewer than four fifths of the updates could be sent, for the process fell behind: a lesser drill than the one that was asked for. This machine may follow a lower --rate");
    }
}
