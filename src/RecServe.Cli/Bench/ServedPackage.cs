using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using RecServe.Api;
using RecServe.LoadGen;

namespace RecServe.Cli.Bench;

/// <summary>A process of its own that serves one package, <c>recserve serve</c> or another.</summary>
internal sealed class ServedPackage : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private ServedPackage(Process process, HttpClient client) => (_process, _client) = (process, client);

    /// <summary>Talks to it about other things than rankings.</summary>
    public HttpClient Client => _client;

    /// <summary>Starts <c>recserve serve</c> and waits until it is ready.</summary>
    /// <param name="models">Folder of models.</param>
    /// <param name="arguments">More of its options.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="launcher">A program and its arguments that start it, as <see cref="ServerCores"/> gives; none by default.</param>
    /// <exception cref="ServingException">It ended before, or was not ready within a minute.</exception>
    public static Task<ServedPackage> StartAsync(string models, IEnumerable<string> arguments, CancellationToken cancellation, params ReadOnlySpan<string> launcher)
    {
        int port = FreePort();
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        string[] command = [.. launcher, host, "exec", typeof(ServedPackage).Assembly.Location, "serve", "--models", models, "--urls", $"http://127.0.0.1:{port}", .. arguments];
        return StartAsync(command[0], command[1..], port, cancellation);
    }

    /// <summary>Starts another program that serves a package and waits until it is ready: it is given the package's folder and a port, and answers <c>/health/ready</c> and <c>/v1/rank</c>.</summary>
    /// <exception cref="ServingException">It ended before, or was not ready within a minute.</exception>
    public static Task<ServedPackage> StartPeerAsync(string program, string package, CancellationToken cancellation)
    {
        int port = FreePort();
        return StartAsync(program, [package, port.ToString(CultureInfo.InvariantCulture)], port, cancellation);
    }

    /// <summary>The answer to a request.</summary>
    public async Task<byte[]> AnswerAsync(byte[] body, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await _client.PostAsync("/v1/rank", content, cancellation).ConfigureAwait(false);
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        return answer.IsSuccessStatusCode ? bytes
            : throw new ServingException($"a request was answered with {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(bytes)}");
    }

    /// <summary>Connections that ask it for rankings.</summary>
    /// <param name="bodies">Requests, sent round and round.</param>
    public LoadLoop Load(byte[][] bodies) => new(_client.BaseAddress!, new RankRequests(_client.BaseAddress!, bodies));

    /// <summary>Lets each connection ask again when it is answered, for a while.</summary>
    /// <returns>Answers a second, and CPU milliseconds of the server's process an answer.</returns>
    /// <exception cref="ServingException">The server refused a request.</exception>
    public async Task<(double PerSecond, double CpuMs)> MeasureAsync(LoadLoop load, int connections, double seconds, CancellationToken cancellation)
    {
        double cpu = await CpuSecondsAsync(cancellation).ConfigureAwait(false);
        LoadStep step = load.Closed(connections, seconds).WithoutErrors();
        return (step.Rps, 1000 * (await CpuSecondsAsync(cancellation).ConfigureAwait(false) - cpu) / step.Requests);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        _client.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<ServedPackage> StartAsync(string program, IEnumerable<string> arguments, int port, CancellationToken cancellation)
    {
        var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var served = new ServedPackage(process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) });
        for (int attempt = 0; attempt < 600 && !process.HasExited; attempt++)
        {
            if (await served.IsReadyAsync(cancellation).ConfigureAwait(false))
                return served;
            await Task.Delay(100, cancellation).ConfigureAwait(false);
        }

        await served.DisposeAsync().ConfigureAwait(false);
        throw new ServingException($"{program} {string.Join(' ', arguments)} was not ready within a minute");
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage ready = await _client.GetAsync("/health/ready", cancellation).ConfigureAwait(false);
            return ready.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }

    private async Task<double> CpuSecondsAsync(CancellationToken cancellation)
    {
        const string Name = "recserve_process_cpu_seconds_total ";
        string page = await _client.GetStringAsync("/metrics", cancellation).ConfigureAwait(false);
        return double.Parse(page.Split('\n').First(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..], CultureInfo.InvariantCulture);
    }
}
