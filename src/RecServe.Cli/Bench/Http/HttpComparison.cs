using System.Text.Json;
using RecServe.Api;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.LoadGen;

namespace RecServe.Cli.Bench.Http;

/// <summary>Serves one package by the plans, by plain full batches and, where one is named, by another program, a process each, and asks them in turn.</summary>
internal static class HttpComparison
{
    /// <summary>Enough that an arrival finds one free unless the server is far behind.</summary>
    private const int OpenConnections = 64;

    /// <summary>Runs it.</summary>
    /// <exception cref="ServingException">A server does not start, refuses a request, or ranks otherwise than the plans do.</exception>
    public static async Task<HttpResult> RunAsync(ModelPackage package, HttpOptions options, IProgress<ProgressStep> progress, CancellationToken cancellation)
    {
        byte[][] bodies = [.. RankRequestBodies.Draw(package, options.Requests, options.Candidates, options.UserFormat, options.Users, options.Seed).Select(RankRequestBodies.Json)];
        string folder = Directory.CreateTempSubdirectory("recserve-http-").FullName;
        var sides = new List<(string Name, ServedPackage Served)>();
        try
        {
            string version = Path.Combine(folder, "models", "model", "1");
            PackageWriter.Write(package, version);
            string models = Path.Combine(folder, "models");
            sides.Add(("plans", await ServedPackage.StartAsync(models, [], cancellation).ConfigureAwait(false)));
            sides.Add(("plain", await ServedPackage.StartAsync(models, ["--plain-scoring"], cancellation).ConfigureAwait(false)));
            if (options.Peer is not null)
                sides.Add(("peer", await ServedPackage.StartPeerAsync(options.Peer, version, cancellation).ConfigureAwait(false)));
            double difference = 0;
            foreach ((string name, ServedPackage served) in sides)
                difference = Math.Max(difference, await DifferenceAsync(sides[0].Served, served, name, bodies, cancellation).ConfigureAwait(false));

            LoadLoop[] loads = [.. sides.Select(side => side.Served.Load(bodies))];
            Dictionary<string, List<double>> rates = sides.ToDictionary(side => side.Name, _ => new List<double>());
            for (int turn = -3; turn < options.Turns; turn++)
            {
                for (int s = 0; s < sides.Count; s++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int side = (s + turn + 3) % sides.Count;
                    double rate = loads[side].Closed(options.Connections, options.TurnMs / 1000.0).WithoutErrors().Rps;
                    if (turn >= 0)
                        rates[sides[side].Name].Add(rate); // the turns before let runtimes compile
                }

                if (turn >= 0)
                    progress.Report(new ProgressStep("asking in turn", (turn + 1.0) / options.Turns, string.Join(", ", rates.Select(side => FormattableString.Invariant($"{side.Key} {side.Value[^1]:F0}")))));
            }

            double saturation = HttpResult.Median(rates["plans"]);
            progress.Report(new ProgressStep("asking at 70 % of saturation", 0, ""));
            Percentiles latency = loads[0].Open(OpenConnections, 0.7 * saturation, options.OpenSeconds, (int)(options.Seed % int.MaxValue)).WithoutErrors().Latency;
            return new HttpResult(rates, difference, latency.P50, latency.P99);
        }
        finally
        {
            foreach ((_, ServedPackage served) in sides)
                await served.DisposeAsync().ConfigureAwait(false);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Largest difference of a score between two servers, over a few requests. Ranks of almost equal scores may differ, so candidates are compared by id.</summary>
    private static async Task<double> DifferenceAsync(ServedPackage one, ServedPackage other, string name, byte[][] bodies, CancellationToken cancellation)
    {
        double largest = 0;
        foreach (byte[] body in bodies.Take(5))
        {
            Dictionary<string, double> expected = Scores(await one.AnswerAsync(body, cancellation).ConfigureAwait(false)),
                actual = Scores(await other.AnswerAsync(body, cancellation).ConfigureAwait(false));
            string[] both = [.. expected.Keys.Intersect(actual.Keys)];
            if (both.Length < expected.Count - 1)
                throw new ServingException($"{name} ranks other candidates first: {string.Join(", ", actual.Keys)} instead of {string.Join(", ", expected.Keys)}");
            largest = Math.Max(largest, both.Max(id => Math.Abs(expected[id] - actual[id])));
        }

        return largest <= 1e-4 ? largest : throw new ServingException($"{name} scores otherwise, by up to {largest}: it does another job");
    }

    private static Dictionary<string, double> Scores(byte[] answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        return document.RootElement.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("id").GetString()!, item => item.GetProperty("score").GetDouble());
    }
}
