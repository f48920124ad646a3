using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RecServe.Embeddings;

/// <summary>A redis-server of the benchmark's own: on a free loopback port, without persistence, ended with this object.</summary>
public sealed class LocalRedis : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private LocalRedis(Process process, string folder, int port) => (_process, _folder, Port) = (process, folder, port);

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>For StackExchange.Redis.</summary>
    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts one; null if redis-server is not on PATH or does not answer within 10 seconds.</summary>
    public static LocalRedis? TryStart()
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        if (program is null)
            return null;
        int port = FreePort();
        string folder = Directory.CreateTempSubdirectory("recserve-redis-").FullName;
        Process process = Process.Start(new ProcessStartInfo(
            program, ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder, "--logfile", "log"]))!;
        var server = new LocalRedis(process, folder, port);
        for (int attempt = 0; attempt < 500 && !process.WaitForExit(20); attempt++)
        {
            if (Listens(port))
                return server;
        }

        server.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
