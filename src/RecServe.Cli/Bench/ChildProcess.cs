using System.Diagnostics;

namespace RecServe.Cli.Bench;

/// <summary>This program as a child.</summary>
internal static class ChildProcess
{
    public static Process Start(string[] arguments, bool input = false)
    {
        // The same runtime where there is one, and no script of that name on the way: it would be killed in the process's place.
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        return Process.Start(new ProcessStartInfo(host, ["exec", typeof(ChildProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = input,
        }) ?? throw new InvalidOperationException("the process did not start");
    }

    /// <summary>Reads what a child tells until its output ends, and gives the last line: what it was doing.</summary>
    public static string Follow(Process child, Action<string> hear)
    {
        string last = "";
        while (child.StandardOutput.ReadLine() is string line)
        {
            hear(line);
            last = line;
        }

        return last;
    }

    /// <summary>Kills a child some microseconds from now. Sleeps are coarser than what is to be hit.</summary>
    public static void KillIn(Process child, int microseconds)
    {
        long until = Stopwatch.GetTimestamp() + (microseconds * Stopwatch.Frequency / 1_000_000);
        while (Stopwatch.GetTimestamp() < until)
            Thread.Yield();
        child.Kill();
    }
}
