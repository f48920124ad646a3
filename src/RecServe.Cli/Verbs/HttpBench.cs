using System.CommandLine;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Http;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench http</c>: what the scoring plans are worth over HTTP, beside plain full batches and another service.</summary>
internal static class HttpBench
{
    internal static Command Create()
    {
        var package = new Argument<DirectoryInfo>("PKG") { Description = "The package to serve: a folder name/version." };
        var candidates = NumberOption.Whole("--candidates", "Candidates of a request.", 500, 1, 5_000);
        var connections = NumberOption.Whole("--connections", "Requests under way at the same time.", 16, 1, 256);
        var turns = NumberOption.Whole("--turns", "Times that all servers are asked in turn.", 9, 1, 1_000);
        var turn = NumberOption.Whole("--turn-ms", "Milliseconds of load a server and turn.", 2_000, 50, 60_000);
        var open = NumberOption.Whole("--open-seconds", "Seconds of requests at 70 % of saturation that wait for no answer.", 10, 1, 3_600);
        var peer = new Option<FileInfo?>("--peer")
        {
            Description = "Program that serves the same package, as bench/peers/fastapi.sh does: it is given the package's folder and a port.",
            HelpName = "PROGRAM",
        };
        var userFormat = new Option<string>("--user-format") { Description = "How a number becomes a user's id, where the package knows no users.", DefaultValueFactory = _ => "{0}" };
        var users = NumberOption.Whole("--users", "Numbers of users.", 5_000, 1, 100_000_000);
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("http", "Serve a package by the scoring plans, by plain full batches and by another program, ask them in turn for rankings by ids alone, and compare answers a second.",
            "recserve bench http artifacts/bench-models/ctr/1 --peer bench/peers/fastapi.sh --json")
        {
            package, candidates, connections, turns, turn, open, peer, userFormat, users, json,
        };
        verb.SetAction(async (parsed, cancellation) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            ModelPackage read = PackageReader.Read(parsed.GetRequiredValue(package).FullName);
            var options = new HttpOptions
            {
                Candidates = parsed.GetValue(candidates),
                Connections = parsed.GetValue(connections),
                Turns = parsed.GetValue(turns),
                TurnMs = parsed.GetValue(turn),
                OpenSeconds = parsed.GetValue(open),
                Peer = parsed.GetValue(peer)?.FullName,
                UserFormat = parsed.GetValue(userFormat)!,
                Users = parsed.GetValue(users),
            };
            HttpResult result = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, TimeProvider.System,
                progress => HttpComparison.RunAsync(read, options, progress, cancellation).GetAwaiter().GetResult()).ConfigureAwait(false);
            Write(result, options, parsed.GetValue(json) ? error : output);
            if (parsed.GetValue(json))
                output.WriteLine(ToJson(result, options));
            return ExitCode.Ok;
        });
        return verb;
    }

    private static void Write(HttpResult result, HttpOptions options, TextWriter output)
    {
        foreach ((string name, List<double> rates) in result.Rates)
            output.WriteLine(FormattableString.Invariant($"{name,-6} {HttpResult.Median(rates),8:F0} answers a second at {options.Connections} connections (turns from {rates.Min():F0} to {rates.Max():F0}); plans over it {result.Over(name):F2}"));
        output.WriteLine(FormattableString.Invariant($"plans at 70 % of saturation: p50 {result.P50Ms:F2} ms, p99 {result.P99Ms:F2} ms; scores differ by {result.LargestDifference:E1} at most"));
    }

    private static string ToJson(HttpResult result, HttpOptions options) => JsonLine.Write(json =>
    {
        json.Add("candidates", options.Candidates);
        json.Add("connections", options.Connections);
        json.Add("turns", options.Turns);
        foreach ((string name, List<double> rates) in result.Rates)
        {
            json.Add($"{name}_per_second", HttpResult.Median(rates));
            if (name != "plans")
                json.Add($"over_{name}_ratio", result.Over(name));
        }

        json.Add("p50_ms_at_70_percent", result.P50Ms);
        json.Add("p99_ms_at_70_percent", result.P99Ms);
        json.Add("largest_difference", result.LargestDifference);
    });
}
