using System.CommandLine;
using System.Text.Json;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Updates;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench updates</c>: how many row updates a second come from Kafka into visible rows, and how old they are when they do.</summary>
internal static class UpdatesBench
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Verb Create()
    {
        var rate = NumberOption.Whole("--rate", "Rows a second that are sent, 0 for as many as go.", 0, 0, 10_000_000);
        var seconds = NumberOption.Whole("--seconds", "Seconds that are measured, after a third as long to warm up.", 15, 1, 3_600);
        var keys = NumberOption.Whole("--keys", "Keys that updates go to.", 200_000, 1_000, 10_000_000);
        var seed = NumberOption.Whole("--seed", "Seed of the updates.", 1, 0, int.MaxValue);
        var rankLoad = NumberOption.Real("--rank-load", "Share of what a server can rank that it is asked for meanwhile; 0: the corridor alone, without a server.", 0, 1);
        var pairs = NumberOption.Whole("--pairs", "With --rank-load: pairs of periods of --seconds with the stream on and off.", 7, 1, 1_000);
        var serverCores = NumberOption.Whole("--server-cores", "With --rank-load: cores that the server has to itself, as on a machine of its own, while client, brokers and producer take the others; 0: all share all.", 0, 0, 1_024);
        var redis = new Option<bool>("--redis") { Description = "Write the updates behind to a redis-server that the run starts, and compare at the end what it has with the store." };
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("updates", "Send row updates through Kafka (loopback brokers in a process of their own) into a store and hot rows, with a checkpoint every two seconds.",
            "recserve bench updates --rate 20000 --json", "recserve bench updates --redis", "recserve bench updates --rate 20000 --rank-load 0.5 --seconds 30 --json")
        {
            rate, seconds, keys, seed, rankLoad, pairs, serverCores, redis, json,
        };
        verb.SetAction(async (parsed, cancellation) =>
        {
            string place = Directory.CreateTempSubdirectory("recserve-updates-").FullName;
            try
            {
                if (parsed.GetValue(rankLoad) > 0)
                {
                    if (parsed.GetValue(redis))
                        throw new UsageException("--redis is measured without --rank-load");
                    if (parsed.GetValue(rate) == 0)
                        throw new UsageException("--rank-load needs a --rate: a stream of as many rows as go leaves nothing to rankings");
                    var run = new RankLoadRun(place, parsed.GetValue(rate), parsed.GetValue(rankLoad), parsed.GetValue(pairs), parsed.GetValue(seconds), parsed.GetValue(seed), parsed.GetValue(serverCores), new LineProgress(parsed.InvocationConfiguration.Error));
                    Write(await run.RunAsync(cancellation).ConfigureAwait(false), parsed.GetValue(json), parsed.InvocationConfiguration.Output);
                    return ExitCode.Ok;
                }

                if (parsed.GetValue(serverCores) > 0)
                    throw new UsageException("--server-cores needs --rank-load: without it there is no server");
                var time = TimeSpan.FromSeconds(parsed.GetValue(seconds));
                UpdatesResult result = new UpdatesRun(place, parsed.GetValue(rate), parsed.GetValue(keys), parsed.GetValue(seed), parsed.GetValue(redis)).Run(time / 3, time, cancellation);
                TextWriter output = parsed.InvocationConfiguration.Output;
                output.WriteLine(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(result, Layout)
                    : $"{result.RowsPerS:N0} rows a second became visible ({result.Rows:N0} rows in {result.Seconds:0.0} s, {result.RowsPerMessage} a message, {result.Partitions} partitions)\n"
                        + $"age when visible: {result.StalenessP50Ms:0.0} ms in the median, {result.StalenessP99Ms:0.0} ms at the 99th percentile; {result.Checkpoints} checkpoints of {result.CheckpointMedianMs:0} ms (median)"
                        + (result.Redis is { } copy
                            ? $"\nRedis: {copy.Written:N0} rows written, {copy.Coalesced:N0} replaced by newer ones while they waited, {copy.Dropped:N0} dropped; {copy.WaitingAtEnd:N0} waited at the end and took {copy.DrainMs:N0} ms; {copy.Behind:N0} keys behind the store"
                            : ""));
                return ExitCode.Ok;
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        });
        return verb;
    }

    private static void Write(RankLoadResult result, bool json, TextWriter output) => output.WriteLine(json
        ? JsonSerializer.Serialize(result, Layout)
        : $"{result.RowsPerS:N0} rows a second became visible while {result.RankRps:N0} rankings of {result.Candidates} candidates a second were given, {result.RankLoad:P0} of what the server can do\n"
            + $"age when visible: {result.StalenessP50Ms:0.0} ms in the median, {result.StalenessP99Ms:0.0} ms at the 99th percentile\n"
            + $"99th percentile of a ranking: {result.RankP99OnMs:0.00} ms with the stream, {result.RankP99OffMs:0.00} ms without; ratio {result.RankP99Ratio:0.00} (median of {result.Ratios.Count} pairs of {result.PeriodSeconds:0} s)");
}
