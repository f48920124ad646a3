using System.Diagnostics;
using System.Text;

namespace RecServe.Integration.Tests;

/// <summary>The <c>recserve</c> program as a child process: what a user runs, with its output and exit code.</summary>
internal sealed class RecServeProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private RecServeProcess(Process process) => _process = process;

    public string Output => Read(_output);

    public string Error => Read(_error);

    public int Id => _process.Id;

    /// <summary>Last line of standard output that is not empty.</summary>
    public string LastLine => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";

    public static RecServeProcess Start(params string[] arguments) => Start(AppContext.BaseDirectory, arguments);

    public static RecServeProcess Start(string workingDirectory, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "recserve.dll"), .. arguments])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var process = new RecServeProcess(new Process { StartInfo = start });
        process._process.OutputDataReceived += (_, line) => Append(process._output, line.Data);
        process._process.ErrorDataReceived += (_, line) => Append(process._error, line.Data);
        process._process.Start();
        process._process.StandardInput.Close();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs to the end and returns the finished process; fails the test when the exit code is another.</summary>
    public static RecServeProcess Run(int expectedExitCode, params string[] arguments)
    {
        RecServeProcess process = Start(arguments);
        int exit = process.WaitForExit(TimeSpan.FromMinutes(10));
        Assert.True(exit == expectedExitCode, $"recserve {string.Join(' ', arguments)}\nexit code {exit}, expected {expectedExitCode}\n{process.Output}\n{process.Error}");
        return process;
    }

    public int WaitForExit(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit))
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"the process did not end within {limit}\n{Output}\n{Error}");
        }

        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, Id.ToString()]);
        kill.WaitForExit();
    }

    public bool HasExited => _process.HasExited;

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
