using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RecServe.Stream.Tests;

/// <summary>Real brokers on loopback, in a process of their own.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;

    public BrokerProcess(int brokers, int partitions)
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        _process = Process.Start(new ProcessStartInfo(host, ["exec", typeof(BrokerProcess).Assembly.Location, $"{brokers}", $"{partitions}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Servers = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the brokers did not start");
        Partitions = partitions;
    }

    public static bool IsThere { get; } = NativeLibrary.TryLoad("librdkafka.so.1", out _);

    public string Servers { get; }

    public int Partitions { get; }

    public KafkaOptions Options => new() { Servers = Servers };

    public void Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        Assert.Equal("ok", _process.StandardOutput.ReadLine());
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
            _process.Kill();
        _process.Dispose();
    }
}
