using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RecServe.Api;

namespace RecServe.Cli.Demo;

/// <summary>The demo's server, in this process, and the questions the demo asks it over HTTP.</summary>
internal sealed class DemoServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DemoServer(WebApplication app)
    {
        _app = app;
        Url = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(Url) };
    }

    public string Url { get; }

    public HttpClient Client { get; }

    public static async Task<DemoServer> StartAsync(string models, string experiments, int port, string? kafka, CancellationToken cancel)
    {
        var options = new ServingOptions { ModelsDirectory = models, ExperimentsFile = experiments, Urls = $"http://127.0.0.1:{port}", Kafka = kafka };
        WebApplication app = ServingHost.Build(options, null, logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
        try
        {
            await ServingHost.StartAsync(app, cancel).ConfigureAwait(false);
            return new DemoServer(app);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the experiment's counts back.</summary>
    public async Task<IReadOnlyList<VariantOutcome>> ResultsAsync(IReadOnlyList<DemoModel> models, CancellationToken cancel)
    {
        using System.IO.Stream stream = await Client.GetStreamAsync($"/v1/experiments/{DemoExperiment.Key}/results", cancel).ConfigureAwait(false);
        using JsonDocument results = await JsonDocument.ParseAsync(stream, default, cancel).ConfigureAwait(false);
        var variants = results.RootElement.GetProperty("variants").EnumerateArray().ToDictionary(v => v.GetProperty("variant").GetString()!);
        return [.. models.Select(m => new VariantOutcome(m.Variant, m.Name, Count(m, "rankings"), Count(m, "items"), Count(m, "clicks")))];

        long Count(DemoModel model, string name) => variants.TryGetValue(model.Variant, out JsonElement v) ? v.GetProperty(name).GetInt64() : 0;
    }

    /// <summary>Reads how the corridor of updates did.</summary>
    public async Task<UpdateOutcome> UpdatesAsync(int messages, CancellationToken cancel)
    {
        using System.IO.Stream stream = await Client.GetStreamAsync(new Uri("/v1/updates", UriKind.Relative), cancel).ConfigureAwait(false);
        using JsonDocument updates = await JsonDocument.ParseAsync(stream, default, cancel).ConfigureAwait(false);
        return UpdateOutcome.Of(messages, updates.RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}
