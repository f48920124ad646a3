using System.Diagnostics;

namespace RecServe.Cli.Bench.Updates;

/// <summary>Loopback brokers in a process of their own: <c>recserve bench broker</c>.</summary>
internal sealed class BrokerChild : IDisposable
{
    private readonly Process _process;

    /// <param name="brokers">How many.</param>
    /// <param name="partitions">Partitions of the topic of row updates.</param>
    /// <param name="givesWay">Whether they run at the lowest priority: they stand for other machines, and what is measured is a server.</param>
    public BrokerChild(int brokers, int partitions, bool givesWay = false)
    {
        _process = ChildProcess.Start(["bench", "broker", "--brokers", $"{brokers}", "--partitions", $"{partitions}"], input: true, givesWay);
        Servers = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the loopback brokers did not start");
        Brokers = brokers;
    }

    public string Servers { get; }

    public int Brokers { get; }

    public void Set(int broker, bool isUp) => Tell($"{(isUp ? "up" : "down")} {broker}");

    public void Create(string topic, int partitions) => Tell($"create {topic} {partitions}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
            _process.Kill();
        _process.Dispose();
    }

    private void Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        if (_process.StandardOutput.ReadLine() is not "ok" and var answer)
            throw new InvalidOperationException($"the loopback broker answered: {answer}");
    }
}
