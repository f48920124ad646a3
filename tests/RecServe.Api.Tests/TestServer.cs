using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RecServe.Artifacts;

namespace RecServe.Api.Tests;

/// <summary>A real server on a free loopback port over packages in a folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _root;

    private TestServer(WebApplication app, string root)
    {
        App = app;
        _root = root;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public WebApplication App { get; }

    public HttpClient Client { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="packages">Packages by <c>name/version</c>.</param>
    /// <param name="configure">Changes the options; gets them and the server's folder, which is deleted at the end.</param>
    public static async Task<TestServer> StartAsync(IEnumerable<(string Path, ModelPackage Package)> packages,
        Func<ServingOptions, string, ServingOptions>? configure = null, TimeProvider? time = null)
    {
        string root = Directory.CreateTempSubdirectory("recserve-api-").FullName;
        try
        {
            string models = Path.Combine(root, "models");
            foreach ((string path, ModelPackage package) in packages)
                PackageWriter.Write(package, Path.Combine(models, path));
            var options = new ServingOptions { ModelsDirectory = models, Urls = "http://127.0.0.1:0" };
            WebApplication app = ServingHost.Build(configure?.Invoke(options, root) ?? options, time, logging => logging.ClearProviders());
            await ServingHost.StartAsync(app);
            return new TestServer(app, root);
        }
        catch
        {
            Directory.Delete(root, recursive: true);
            throw;
        }
    }

    public T Service<T>() where T : notnull => App.Services.GetRequiredService<T>();

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.PostAsync(path, content);
        return (response.StatusCode, await BodyAsync(response));
    }

    public async Task<JsonElement> RankAsync(string json, string path = "/v1/rank")
    {
        (HttpStatusCode status, JsonElement body) = await PostAsync(path, json);
        Assert.True(status == HttpStatusCode.OK, body.GetRawText());
        return body;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await BodyAsync(response);
    }

    public static async Task<JsonElement> BodyAsync(HttpResponseMessage response)
    {
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Waits for something the server does on its own threads; yields instead of sleeping.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            giveUp.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
