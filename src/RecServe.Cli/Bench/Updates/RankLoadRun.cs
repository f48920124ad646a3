using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Bench;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.LoadGen;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// Measures what a stream of updates costs rankings, and rankings the stream: a server in a process of its own, brokers in another and a producer that give way to it, rank requests at a share of what the server can do, in pairs of
/// periods with the stream on and off, each pair in the other order than the one before.
/// </summary>
internal sealed class RankLoadRun(string directory, int rowsPerSecond, double rankLoad, int pairs, double seconds, int seed, int serverCores, IProgress<string>? progress)
{
    private const int Partitions = 16, RowsPerMessage = 100, Candidates = 500, Items = 50_000, Users = 5_000, Connections = 64, Templates = 1_024;

    // In the first seconds of a stream the server's code for it is compiled; at 20,000 rows a second the store goes through its log for space for the first time after a minute.
    private const double UncountedPeriods = 2.5;

    // A broker answers when a message comes. The loopback broker does not: asked while it has none it answers when the wait is over, and rows would come by the two thousand at 20,000 a second.
    private const int FetchWaitMs = 20;

    // A new producer asks for the topic and connects: what it makes meanwhile is a second old before it is sent, and tells nothing of the corridor. Until then messages have no event time, and are not counted.
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromMinutes(1);

    private readonly List<(double P50, double P99, double RowsPerS)> _stream = [];

    public async Task<RankLoadResult> RunAsync(CancellationToken cancellation)
    {
        ModelPackage package = SyntheticPackage.Create(new SyntheticOptions { UserFields = 8, ItemFields = 4, Items = Items, Users = Users, Seed = seed });
        string models = Path.Combine(directory, "models");
        PackageWriter.Write(package, Path.Combine(models, "m", "1"));
        string[] launcher = serverCores > 0 ? ServerCores.TakeFirst(serverCores) : [];
        using var brokers = new BrokerChild(1, Partitions, givesWay: true);
        ServedPackage server = await ServedPackage.StartAsync(models, ["--store", Path.Combine(directory, "rows"), "--kafka", brokers.Servers, "--checkpoint-seconds", "2", "--rows-fetch-wait-ms", $"{FetchWaitMs}"], cancellation, launcher).ConfigureAwait(false);
        await using var end = server.ConfigureAwait(false);
        var options = new LoadOptions { Url = server.Client.BaseAddress!, Candidates = Candidates, Catalog = Items, Users = Users, Connections = Connections, Seed = seed };
        var load = new LoadLoop(options.Url, new RankRequests(options));
        load.Closed(4, Math.Max(2, seconds / 3)).WithoutErrors();
        int connections = load.Closed(2, seconds / 6).WithoutErrors().Rps > load.Closed(16, seconds / 6).WithoutErrors().Rps ? 2 : 16;

        double firstRate = Saturation() * rankLoad;
        await WithStreamAsync(server, brokers.Servers, package, () => load.Open(Connections, firstRate, UncountedPeriods * seconds, seed), cancellation).ConfigureAwait(false);
        _stream.Clear();

        var ratios = new List<double>();
        List<double> on = [], off = [], lag = [], saturations = [];
        for (int pair = 0; pair < pairs; pair++)
        {
            // Again before each pair: on a host that others share, half of what the server could do ten minutes ago may be two thirds of what it can now.
            saturations.Add(Saturation());
            double rate = saturations[^1] * rankLoad;
            foreach (bool isOn in pair % 2 == 0 ? (bool[])[true, false] : [false, true])
            {
                cancellation.ThrowIfCancellationRequested();
                int arrivals = seed + (1000 * pair); // the same for both of a pair
                LoadStep step = isOn ? await WithStreamAsync(server, brokers.Servers, package, () => load.Open(Connections, rate, seconds, arrivals), cancellation).ConfigureAwait(false)
                    : load.Open(Connections, rate, seconds, arrivals);
                (isOn ? on : off).Add(step.WithoutErrors().Latency.P99);
                lag.Add(step.LagP99 ?? 0);
            }

            ratios.Add(on[^1] / off[^1]);
            progress?.Report($"pair {pair + 1} of {pairs}: {rate:N0} rankings a second of {saturations[^1]:N0}; p99 of a ranking {on[^1]:0.0} ms with the stream, {off[^1]:0.0} ms without; age of updates {_stream[^1].P50:0} ms in the median, {_stream[^1].P99:0} ms at the 99th percentile");
        }

        return new RankLoadResult
        {
            Rate = rowsPerSecond,
            RowsPerS = Median(_stream.Select(period => period.RowsPerS)),
            StalenessP50Ms = Median(_stream.Select(period => period.P50)),
            StalenessP99Ms = _stream.Max(period => period.P99),
            RankP99Ratio = Median(ratios),
            Ratios = ratios,
            RankP99OnMs = Median(on),
            RankP99OffMs = Median(off),
            ClientLagP99Ms = lag.Max(),
            RankLoad = rankLoad,
            SaturationRps = Median(saturations),
            Saturations = saturations,
            RankRps = Median(saturations) * rankLoad,
            Candidates = Candidates,
            PeriodSeconds = seconds,
            Cores = Environment.ProcessorCount,
            ServerCores = serverCores,
        };

        double Saturation() => load.Closed(connections, seconds / 6).WithoutErrors().Rps;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private async Task<LoadStep> WithStreamAsync(ServedPackage server, string servers, ModelPackage package, Func<LoadStep> ask, CancellationToken cancellation)
    {
        MessageTemplate[] templates = Messages(package, new Random(seed + _stream.Count));
        ulong begin = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        using var producer = new UpdateProducer(servers, Partitions, (double)rowsPerSecond / RowsPerMessage,
            number => templates[number % Templates].Fill(begin + (ulong)(number * RowsPerMessage), EventTime(number)), () => false, givesWay: true);
        await Task.Delay(Connecting, cancellation).ConfigureAwait(false);
        await WhenAsync(server, updates => updates.GetProperty("visible_ms").ValueKind == JsonValueKind.Object, cancellation).ConfigureAwait(false);
        JsonElement before = await UpdatesAsync(server, cancellation).ConfigureAwait(false);
        LoadStep step = ask();
        JsonElement after = await UpdatesAsync(server, cancellation).ConfigureAwait(false);
        producer.Finish();
        JsonElement ages = after.GetProperty("visible_ms");
        _stream.Add((ages.GetProperty("p50").GetDouble(), ages.GetProperty("p99").GetDouble(), (after.GetProperty("applied").GetInt64() - before.GetProperty("applied").GetInt64()) / seconds));
        if (after.GetProperty("quarantined").GetInt64() > 0 || after.GetProperty("state").GetString() != "live")
            throw new InvalidOperationException($"the corridor did not take the updates: {after}");
        await WhenAsync(server, updates => updates.GetProperty("lag").GetInt64() == 0, cancellation).ConfigureAwait(false);
        return step;
    }

    /// <summary>Made before the stream begins: what it costs to make messages is another machine's.</summary>
    private static MessageTemplate[] Messages(ModelPackage package, Random random)
    {
        PackageTable table = package.Tables.Single(table => table.Name == "i");
        return [.. Enumerable.Range(0, Templates).Select(_ => new MessageTemplate(package.Lineage, table.Name, RowsPerMessage, version =>
        {
            float[] values = new float[table.Width];
            for (int i = 0; i < values.Length; i++)
                values[i] = (random.NextSingle() - 0.5f) * 0.2f;
            return RowDelta.Of(RowKey.Of($"i{random.Next(Items)}"), version, values);
        }))];
    }

    private long EventTime(long number) =>
        number * RowsPerMessage < rowsPerSecond * Connecting.TotalSeconds ? 0 : TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task WhenAsync(ServedPackage server, Func<JsonElement, bool> isSo, CancellationToken cancellation)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!isSo(await UpdatesAsync(server, cancellation).ConfigureAwait(false)))
        {
            if (TimeProvider.System.GetElapsedTime(begin) > LongestCatchUp)
                throw new InvalidOperationException("the server does not keep up with the updates; ask for a lower --rate");
            await Task.Delay(50, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<JsonElement> UpdatesAsync(ServedPackage server, CancellationToken cancellation)
    {
        using JsonDocument updates = JsonDocument.Parse(await server.Client.GetByteArrayAsync(new Uri("/v1/updates", UriKind.Relative), cancellation).ConfigureAwait(false));
        return updates.RootElement.Clone();
    }
}
