using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace RecServe.Cli.Bench.Compressed;

/// <summary>A <c>recserve serve</c> process of its own over one package, and a closed loop of connections that asks it.</summary>
internal sealed class ServedPackage : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly byte[][] _bodies;
    private int _next;

    private ServedPackage(Process process, HttpClient client, byte[][] bodies) => (_process, _client, _bodies) = (process, client, bodies);

    /// <summary>Starts the server and waits until it is ready.</summary>
    /// <param name="models">Folder of models.</param>
    /// <param name="memoryMb">MiB of process memory for rows, the others in a store beside the models that is read past the system's page cache; 0 for all of them.</param>
    /// <param name="bodies">Requests.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It ended before, or was not ready within a minute.</exception>
    public static async Task<ServedPackage> StartAsync(string models, int memoryMb, byte[][] bodies, CancellationToken cancellation)
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        // The store's log has as little memory as it takes, or the rows that do not fit would be in memory all the same.
        string[] store = memoryMb == 0 ? [] : ["--hot-memory-mb", $"{memoryMb}", "--store", models + ".store", "--store-memory-mb", "2", "--store-direct-io"];
        var start = new ProcessStartInfo(host, ["exec", typeof(ServedPackage).Assembly.Location, "serve", "--models", models, "--urls", $"http://127.0.0.1:{port}", .. store])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start };
        process.Start();
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var served = new ServedPackage(process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) }, bodies);
        for (int attempt = 0; attempt < 600 && !process.HasExited; attempt++)
        {
            if (await served.IsReadyAsync(cancellation).ConfigureAwait(false))
                return served;
            await Task.Delay(100, cancellation).ConfigureAwait(false);
        }

        await served.DisposeAsync().ConfigureAwait(false);
        throw new InvalidOperationException($"the server of {models} was not ready within a minute");
    }

    /// <summary>Asks for a while.</summary>
    /// <param name="connections">Requests under way at the same time.</param>
    /// <param name="time">How long.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Answers a second, and CPU milliseconds of the server's process an answer.</returns>
    /// <exception cref="InvalidOperationException">The server refused a request.</exception>
    public async Task<(double PerSecond, double CpuMs)> LoadAsync(int connections, TimeSpan time, CancellationToken cancellation)
    {
        double cpu = await CpuSecondsAsync(cancellation).ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        int[] answers = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => AskAsync(start, time, cancellation), cancellation))).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (answers.Sum() / seconds, 1000 * (await CpuSecondsAsync(cancellation).ConfigureAwait(false) - cpu) / answers.Sum());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        _client.Dispose();
    }

    private async Task<int> AskAsync(long start, TimeSpan time, CancellationToken cancellation)
    {
        int answers = 0;
        do
        {
            using var content = new ByteArrayContent(_bodies[(uint)Interlocked.Increment(ref _next) % _bodies.Length]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage answer = await _client.PostAsync("/v1/rank", content, cancellation).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"a request was answered with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)}");
            answers++;
        }
        while (Stopwatch.GetElapsedTime(start) < time);
        return answers;
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
