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
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("updates", "Send row updates through Kafka (loopback brokers in a process of their own) into a store and hot rows, with a checkpoint every two seconds.",
            "recserve bench updates --rate 20000 --json")
        {
            rate, seconds, keys, seed, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            string place = Directory.CreateTempSubdirectory("recserve-updates-").FullName;
            try
            {
                var time = TimeSpan.FromSeconds(parsed.GetValue(seconds));
                UpdatesResult result = new UpdatesRun(place, parsed.GetValue(rate), parsed.GetValue(keys), parsed.GetValue(seed)).Run(time / 3, time, cancellation);
                TextWriter output = parsed.InvocationConfiguration.Output;
                output.WriteLine(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(result, Layout)
                    : $"{result.RowsPerS:N0} rows a second became visible ({result.Rows:N0} rows in {result.Seconds:0.0} s, {result.RowsPerMessage} a message, {result.Partitions} partitions)\n"
                        + $"age when visible: {result.StalenessP50Ms:0.0} ms in the median, {result.StalenessP99Ms:0.0} ms at the 99th percentile; {result.Checkpoints} checkpoints of {result.CheckpointMedianMs:0} ms (median)");
                return Task.FromResult(ExitCode.Ok);
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        });
        return verb;
    }
}
