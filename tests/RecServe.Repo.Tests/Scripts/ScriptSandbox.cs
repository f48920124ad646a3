using System.Diagnostics;

namespace RecServe.Repo.Tests.Scripts;

/// <summary>A folder with the repository's scripts, a few project files and a <c>dotnet</c> that does what the test says.</summary>
internal sealed class ScriptSandbox : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("recserve-scripts-").FullName;

    /// <summary>Makes one.</summary>
    /// <param name="dotnet">Bash: what the stand-in does with its arguments; null for a machine without the SDK.</param>
    public ScriptSandbox(string? dotnet)
    {
        foreach (var script in new[] { "test.sh", "recserve", "eng/dotnet.sh" })
        {
            // Without the places where the scripts would find this machine's own SDK.
            Write(script, Repository.Read(script).Replace(" /usr/", " /nosuch/", StringComparison.Ordinal));
        }

        // The real one would install packages where the tests run as root.
        Write("eng/debian-packages.sh", "exit 0\n");
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "src/RecServe.Cli/Program.cs", "stream/RecServe.Stream/Source.cs", "bench/RecServe.LoadGen/Source.cs", "bench/RecServe.Bench/Pipeline/Source.cs" })
        {
            Write(file, "x\n");
        }

        Directory.CreateDirectory(Path.Combine(_path, "bin"));
        if (dotnet is not null)
        {
            Write("bin/dotnet", $"#!/bin/bash\necho \"$*\" >> '{_path}/calls'\n{dotnet}\n");
        }

        // The tools that the scripts use, without the real dotnet beside them.
        foreach (var tool in new[] { "bash", "dirname", "readlink", "find", "sort", "cksum", "cut", "id", "getent", "flock", "grep", "cat", "rm", "cp", "mv", "mkdir", "xargs", "tail", "sed", "basename", "timeout", "sleep", "env" })
        {
            var real = new[] { "/usr/bin", "/bin" }.Select(folder => Path.Combine(folder, tool)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(_path, "bin", tool), real);
        }
    }

    /// <summary>Command lines that the stand-in was called with.</summary>
    public IReadOnlyList<string> Calls => File.Exists(Path.Combine(_path, "calls")) ? File.ReadAllLines(Path.Combine(_path, "calls")) : [];

    /// <summary>Writes a file; everything is executable.</summary>
    public void Write(string path, string text)
    {
        var full = Path.Combine(_path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Runs a script of the sandbox with an environment that holds a PATH and a HOME only.</summary>
    public async Task<(int Exit, string Output, string Error)> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(_path, "bin/bash"), [Path.Combine(_path, script), .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Path.Combine(_path, "bin");
        start.Environment["HOME"] = _path;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
