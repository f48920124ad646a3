using System.Net;
using System.Net.Sockets;

namespace RecServe.Integration.Tests;

/// <summary>A <c>recserve serve</c> child process on a free loopback port, ready to answer.</summary>
internal sealed class RunningServer : IDisposable
{
    private RunningServer(RecServeProcess process, HttpClient client)
    {
        Process = process;
        Client = client;
    }

    public RecServeProcess Process { get; }

    public HttpClient Client { get; }

    public static async Task<RunningServer> StartAsync(string models, params string[] more)
    {
        string url = $"http://127.0.0.1:{FreePort()}";
        RecServeProcess process = RecServeProcess.Start(["serve", "--models", models, "--urls", url, .. more]);
        var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };
        for (int attempt = 0; attempt < 600; attempt++)
        {
            Assert.False(process.HasExited, $"the server ended before it was ready\n{process.Output}\n{process.Error}");
            try
            {
                using HttpResponseMessage ready = await client.GetAsync("/health/ready");
                if (ready.StatusCode == HttpStatusCode.OK)
                    return new RunningServer(process, client);
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(100);
        }

        process.Dispose();
        throw new TimeoutException($"the server was not ready within a minute\n{process.Output}\n{process.Error}");
    }

    public void Dispose()
    {
        Client.Dispose();
        Process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
