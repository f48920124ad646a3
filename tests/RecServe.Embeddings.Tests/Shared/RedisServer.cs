using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RecServe.Embeddings.Tests;

/// <summary>A real redis-server on a free loopback port, in a folder of its own, that can be killed, paused, flushed and started again on the same port.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-redis-").FullName;
    private readonly string[] _arguments;
    private Process? _process;

    public RedisServer(params string[] arguments)
    {
        _arguments = arguments;
        for (int attempt = 1; ; attempt++)
        {
            Port = FreePort();
            try
            {
                Start();
                return;
            }
            catch (InvalidOperationException taken) when (attempt < 10 && taken.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
                // Any connection of this machine may have got the port, or the cluster's port beside it, in the meantime.
                _process!.Dispose();
                File.Delete(Path.Combine(_folder, "log"));
            }
        }
    }

    /// <summary>Path of redis-server, or null.</summary>
    public static string? Program { get; } = Find("redis-server");

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port},connectTimeout=1000";

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    public void Start()
    {
        _process = Process.Start(new ProcessStartInfo(
            Program!, ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder, "--logfile", "log", .. _arguments]))!;
        for (int attempt = 0; !TryCommand("PING"); attempt++)
        {
            if (attempt > 2000 || _process.HasExited)
                throw new InvalidOperationException("redis-server did not start: " + File.ReadAllText(Path.Combine(_folder, "log")));
            _process.WaitForExit(5);
        }
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public void Pause() => Signal("STOP");

    public void Resume() => Signal("CONT");

    /// <summary>Sends a command and gives the reply as the protocol has it.</summary>
    public string Command(params string[] words)
    {
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, Port);
        client.ReceiveTimeout = 10_000;
        NetworkStream stream = client.GetStream();
        var request = new StringBuilder($"*{words.Length}\r\n");
        foreach (string word in words)
            request.Append($"${word.Length}\r\n{word}\r\n");
        stream.Write(Encoding.Latin1.GetBytes(request.ToString()));
        stream.Write("*1\r\n$4\r\nQUIT\r\n"u8);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        string reply = reader.ReadToEnd();
        return reply.EndsWith("+OK\r\n", StringComparison.Ordinal) ? reply[..^5] : reply;
    }

    public void Dispose()
    {
        try
        {
            _process!.Kill();
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        // A cluster node listens on its port + 10,000 too.
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            int port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (port < 55_000)
                return port;
        }
    }

    private bool TryCommand(string word)
    {
        try
        {
            return Command(word).StartsWith("+PONG", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
