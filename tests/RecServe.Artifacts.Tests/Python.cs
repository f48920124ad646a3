using System.Diagnostics;

namespace RecServe.Artifacts.Tests;

/// <summary>Debian's Python with numpy, where it is installed.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    public static bool HasNumpy { get; } = File.Exists(Interpreter) && Run("-c", "import numpy").Exit == 0;

    public static (int Exit, string Output, string Error) RunScript(string script, params string[] arguments) =>
        Run(["-B", Path.Combine(AppContext.BaseDirectory, "python", script), .. arguments]);

    private static (int Exit, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
