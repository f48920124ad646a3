using System.Diagnostics;
using System.Globalization;

namespace RecServe.Cli.Bench;

/// <summary>
/// Cores that a server under measurement has to itself, as it would on a machine of its own: the client, brokers and producers of a benchmark stand for other machines. Linux alone.
/// </summary>
internal static class ServerCores
{
    private const string Taskset = "/usr/bin/taskset";

    /// <summary>Keeps this process, and what it starts from now on, off the first cores that it may use.</summary>
    /// <param name="count">How many.</param>
    /// <returns>What a server's command is to begin with, so that it runs on those cores alone.</returns>
    /// <exception cref="UsageException">There are no cores left for the rest, or the system cannot divide them.</exception>
    public static string[] TakeFirst(int count)
    {
        int[] cores = OperatingSystem.IsLinux() && File.Exists(Taskset) ? Allowed(File.ReadAllLines("/proc/self/status"))
            : throw new UsageException("--server-cores needs Linux and taskset (of util-linux)");
        if (cores.Length <= count)
            throw new UsageException($"--server-cores is {count}; of the {cores.Length} cores here, the client needs one at least");
        using Process taskset = Process.Start(new ProcessStartInfo(Taskset, ["-a", "-c", "-p", string.Join(',', cores[count..]), $"{Environment.ProcessId}"]) { RedirectStandardOutput = true })!;
        taskset.StandardOutput.ReadToEnd();
        taskset.WaitForExit();
        return taskset.ExitCode == 0 ? [Taskset, "-c", string.Join(',', cores[..count])] : throw new UsageException($"--server-cores: taskset ended with {taskset.ExitCode}");
    }

    /// <summary>Numbers of the cores in the line <c>Cpus_allowed_list: 0-3,8</c> of <c>/proc/PID/status</c>.</summary>
    internal static int[] Allowed(IEnumerable<string> status)
    {
        const string Name = "Cpus_allowed_list:";
        string list = status.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..].Trim() ?? "";
        return [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(part =>
        {
            int[] ends = Array.ConvertAll(part.Split('-'), text => int.Parse(text, CultureInfo.InvariantCulture));
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        })];
    }
}
