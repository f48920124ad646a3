using System.Diagnostics;

namespace RecServe.Integration.Tests;

/// <summary>Brokers on loopback in a process of their own: <c>recserve bench broker</c>.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "recserve.dll"), "bench", "broker", "--partitions", "2"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    public BrokerProcess() => Servers = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the brokers did not start");

    public string Servers { get; }

    public void Create(string topic, int partitions)
    {
        _process.StandardInput.WriteLine($"create {topic} {partitions}");
        Assert.Equal("ok", _process.StandardOutput.ReadLine());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
