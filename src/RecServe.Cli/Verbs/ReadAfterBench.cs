using System.CommandLine;
using System.Text.Json;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Updates;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench read-after</c>: asks for rankings that reflect an update, while others come and the server is killed, and looks whether any is from before it.</summary>
internal static class ReadAfterBench
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Verb Create()
    {
        var trials = NumberOption.Whole("--trials", "Rankings that are asked for.", 100_000, 100, 100_000_000);
        var seed = NumberOption.Whole("--seed", "Seed of what is updated and asked for.", 1, 0, int.MaxValue);
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("read-after", "Ask a server in a process of its own for rankings with read_after, over HTTP, while updates come through Kafka (loopback brokers) and although the server is killed in the middle: none may be from before the update that it names.",
            "recserve bench read-after --trials 100000 --json")
        {
            trials, seed, json,
        };
        verb.SetAction(async (parsed, cancellation) =>
        {
            string place = Directory.CreateTempSubdirectory("recserve-read-after-").FullName;
            try
            {
                var run = new ReadAfterRun(place, parsed.GetValue(trials), parsed.GetValue(seed), new LineProgress(parsed.InvocationConfiguration.Error));
                ReadAfterResult result = await run.RunAsync(cancellation).ConfigureAwait(false);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(result, Layout)
                    : $"{result.Trials:N0} rankings after an update of their own, {result.Waited:N0} of them asked for before it was visible; {result.Early:N0} were from before it\n"
                        + $"{result.Updates:N0} updates meanwhile, {result.Kills} kill; {result.NotFresh:N0} answers not_fresh and {result.Lost:N0} lost in the kill were asked again; {result.Seconds:0} s").ConfigureAwait(false);
                return result.Passed ? ExitCode.Ok : ExitCode.Failed;
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        });
        return verb;
    }
}
