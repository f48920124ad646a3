using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Training.Metrics;

namespace RecServe.Cli.Demo;

/// <summary>The demo from beginning to end: market, training, serving, an experiment with traffic, and something to try.</summary>
internal sealed class DemoRun(DemoOptions options, TextWriter output, TextWriter error)
{
    private readonly DemoScreen _screen = new(output);

    /// <summary>Runs it; without <see cref="DemoOptions.Check"/> the server stays until <paramref name="cancel"/>.</summary>
    /// <returns>Whether everything was as it should be.</returns>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("recserve-demo-");
        try
        {
            return await RunInAsync(directory.FullName, cancel).ConfigureAwait(false);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task<bool> RunInAsync(string directory, CancellationToken cancel)
    {
        string models = Path.Combine(directory, "models"), experiments = Path.Combine(directory, "experiments.json");
        (Market market, double bestAuc, IReadOnlyList<TrainedDemoModel> trained) = await PrepareAsync(directory, models, cancel).ConfigureAwait(false);
        _screen.Models(trained, bestAuc);

        List<DemoModel> both = [.. trained.Select(t => t.Model)];
        DemoExperiment.Write(experiments, both);
        DemoServer server = await DemoServer.StartAsync(models, experiments, options.Port, options.Kafka, cancel).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            _screen.Serving(server.Url, options.Rankings);
            var shoppers = new Shoppers(market, server.Client, options.Market.Seed + 1_000_000);
            ModelPackage[] packages = [.. both.Select(model => PackageReader.Read(Path.Combine(models, model.Name, "1")))];
            var trickle = new RowTrickle(packages, server.Client);
            await ShopAsync(shoppers, trickle, cancel).ConfigureAwait(false);
            var outcome = new DemoOutcome(bestAuc, trained, await server.ResultsAsync(both, cancel).ConfigureAwait(false), await server.UpdatesAsync(trickle.Messages, cancel).ConfigureAwait(false));
            _screen.Experiment(outcome);

            JsonObject request = shoppers.Request(user: 42, hour: 20, items: [7, 11, 42, 128, 256], k: 3);
            if (options.Check)
                return await CheckAsync(server, request, outcome, new UpdateProbe(trickle, server.Client, packages[^1], both[^1].Name), cancel).ConfigureAwait(false);

            _screen.Try(server.Url, request);
            await output.WriteLineAsync("The server keeps running. Press Ctrl-C to stop it.").ConfigureAwait(false);
            await Task.Delay(Timeout.Infinite, cancel).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
            return true;
        }
    }

    private async Task<(Market Market, double BestAuc, IReadOnlyList<TrainedDemoModel> Trained)> PrepareAsync(
        string directory, string models, CancellationToken cancel)
    {
        var market = new Market(options.Market);
        MarketFiles files = MarketFiles.Write(market, options.Market, directory);
        float[] truth = [.. files.TestLogits.Select(l => (float)l)];
        double bestAuc = RocCurve.Auc(truth, files.TestLabels, []);
        _screen.Market(market, options.Market, bestAuc);
        IReadOnlyList<TrainedDemoModel> trained = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, TimeProvider.System,
            progress => DemoTraining.Run(files, models, options.Threads, progress, cancel)).ConfigureAwait(false);
        return (market, bestAuc, trained);
    }

    private async Task ShopAsync(Shoppers shoppers, RowTrickle trickle, CancellationToken cancel)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task updates = trickle.RunAsync(closing.Token);
        try
        {
            await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, TimeProvider.System, progress =>
            {
                shoppers.VisitAsync(options.Rankings, done => progress.Report(
                    new ProgressStep("shopping", (double)done / options.Rankings, $"{done:N0} rankings")), cancel).GetAwaiter().GetResult();
                return true;
            }).ConfigureAwait(false);
        }
        finally
        {
            await closing.CancelAsync().ConfigureAwait(false);
            await updates.ConfigureAwait(false);
        }
    }

    private async Task<bool> CheckAsync(DemoServer server, JsonObject request, DemoOutcome outcome, UpdateProbe probe, CancellationToken cancel)
    {
        using HttpResponseMessage response = await server.Client.PostAsJsonAsync("/v1/rank", request, cancel).ConfigureAwait(false);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancel).ConfigureAwait(false);
        _screen.Answer("/v1/rank", request, answer);
        List<string> failures = [.. outcome.Failures()];
        if (!response.IsSuccessStatusCode || answer.GetProperty("items").GetArrayLength() != 3)
            failures.Add("the server did not rank three of five items");
        else if (answer.GetProperty("quality").GetProperty("rows").GetProperty("default").GetInt32() != 0)
            failures.Add("the server knew an item or the user by its default row only");
        failures.AddRange(await probe.RunAsync(request, cancel).ConfigureAwait(false));
        _screen.Verdict(failures);
        return failures.Count == 0;
    }
}
