using System.Diagnostics;

namespace RecServe.Cli.Bench.Updates;

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
}
