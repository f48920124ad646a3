using System.Diagnostics;

namespace RecServe.Cli.Bench;

/// <summary>This program as a child.</summary>
internal static class ChildProcess
{
    private const string Schedule = "/usr/bin/chrt";

    /// <param name="arguments">What to do.</param>
    /// <param name="input">Whether the caller writes to it.</param>
    /// <param name="givesWay">Whether every other process goes first, where the system has <c>chrt</c>.</param>
    public static Process Start(string[] arguments, bool input = false, bool givesWay = false)
    {
        // The same runtime where there is one, and no script of that name on the way: it would be killed in the process's place.
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        string[] command = [host, "exec", typeof(ChildProcess).Assembly.Location, .. arguments];
        if (givesWay && File.Exists(Schedule))
            command = [Schedule, "--idle", "0", .. command];
        return Process.Start(new ProcessStartInfo(command[0], command[1..])
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
