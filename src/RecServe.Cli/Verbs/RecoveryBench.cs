using System.CommandLine;
using System.Text.Json;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Recovery;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench recovery</c>: kills a process that updates a row store, and looks at what it left.</summary>
internal static class RecoveryBench
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Verb Create()
    {
        var kills = NumberOption.Whole("--kills", "How often the process is killed.", 100, 1, 10_000);
        var keys = NumberOption.Whole("--keys", "Keys that updates go to.", 60_000, 1000, 10_000_000);
        var seed = NumberOption.Whole("--seed", "Seed of updates and of the times of kills.", 1, 0, int.MaxValue);
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var victim = new Option<string?>("--victim") { Description = "Be the process that is killed, with its store here.", Hidden = true };
        var until = new Option<long>("--until") { Description = "End after so many batches.", Hidden = true, DefaultValueFactory = _ => long.MaxValue };
        var verb = new Verb("recovery", "Kill a process that updates and checkpoints a row store, again and again, and compare what it left with what it acknowledged.",
            "recserve bench recovery --kills 100 --json")
        {
            kills, keys, seed, json, victim, until,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(victim) is string directory)
            {
                DrillVictim.Run(directory, parsed.GetValue(keys), parsed.GetValue(seed), parsed.GetValue(until), output);
                return Task.FromResult(ExitCode.Ok);
            }

            string place = Directory.CreateTempSubdirectory("recserve-recovery-").FullName;
            try
            {
                var drill = new RecoveryDrill(place, parsed.GetValue(keys), parsed.GetValue(seed), new LineProgress(parsed.InvocationConfiguration.Error));
                DrillResult result = drill.Run(parsed.GetValue(kills), cancellation);
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

    private static void Write(DrillResult result, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(result, Layout));
            return;
        }

        output.WriteLine($"{result.Kills} kills: {result.DuringCheckpoint} during a checkpoint, {result.DuringRecovery} during a recovery, {result.DuringReclaim} while space was reclaimed");
        output.WriteLine($"{result.BatchesApplied:N0} batches of {DrillUpdates.BatchSize} updates, {result.Checkpoints:N0} checkpoints, {result.Rows:N0} rows; recovery took {result.RecoveryMedianMs:0} ms, at worst {result.RecoveryWorstMs:0} ms");
        output.WriteLine(result.Passed
            ? "nothing that was checkpointed was lost, no row was torn, and replay gave the reference table each time"
            : $"FAILED: {result.Findings}; {result.OffsetsLost} offsets lost");
        foreach (string warning in result.Warnings)
            output.WriteLine(warning);
    }
}
