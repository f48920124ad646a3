using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RecServe.Repo.Tests.Documentation;

/// <summary>A fresh folder that looks to commands like the root of a clone: whatever a page creates stays out of the working copy.</summary>
internal sealed class ReaderFolder : IDisposable
{
    private const string DocumentedAddress = "127.0.0.1:8080";

    private readonly string _path = Directory.CreateTempSubdirectory("recserve-docs-").FullName;

    public ReaderFolder()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(Repository.Root).Where(entry => Path.GetFileName(entry) is not (".git" or "artifacts")))
        {
            File.CreateSymbolicLink(Path.Combine(_path, Path.GetFileName(entry)), entry);
        }

        // Readers see the body of an error; the test must fail on it.
        File.WriteAllText(Path.Combine(_path, ".curlrc"), "fail-with-body\n");
    }

    /// <summary>Runs the page's blocks and gives the exit code of the first that fails, with everything that was printed.</summary>
    public async Task<(int Exit, string Output)> RunAsync(MarkdownPage page, TimeSpan limit)
    {
        var address = $"127.0.0.1:{FreePort()}";
        var script = Path.Combine(_path, ".blocks.sh");
        await File.WriteAllTextAsync(script, Script(page).Replace(DocumentedAddress, address, StringComparison.Ordinal));

        // setsid: one group to end, servers included. The ports of a machine are shared, so the documented one is replaced by a free one.
        var start = new ProcessStartInfo("setsid", ["--wait", "bash", script])
        {
            WorkingDirectory = _path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["CURL_HOME"] = _path;
        start.Environment["RECSERVE_URLS"] = $"http://{address}";
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using var bash = Process.Start(start)!;
        bash.StandardInput.Close();
        var output = new StringBuilder();
        void Append(object _, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        }

        bash.OutputDataReceived += Append;
        bash.ErrorDataReceived += Append;
        bash.BeginOutputReadLine();
        bash.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await bash.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            bash.Kill(entireProcessTree: true);
            lock (output)
            {
                output.AppendLine($"It was ended after {limit.TotalMinutes} minutes.");
            }

            return (124, output.ToString());
        }

        return (bash.ExitCode, output.ToString());
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private static string Script(MarkdownPage page)
    {
        var script = new StringBuilder("""
            set -euo pipefail
            servers=()
            stop() { for server in "${servers[@]}"; do kill -TERM -- "-$server" 2>/dev/null || true; done; wait; }
            trap stop EXIT
            ready() {
              for _ in $(seq 1200); do
                if curl -q -sf -o /dev/null "$1"; then return; fi
                if ! kill -0 "$2" 2>/dev/null; then echo "The server ended before $1 answered."; return 1; fi
                sleep 0.25
              done
              echo "$1 did not answer in five minutes."; return 1
            }

            """);
        foreach (var block in page.BashBlocks.Where(block => block.IsRun))
        {
            script.AppendLine($"echo '+ {page.RelativePath}:{block.Line}'");
            if (block.ReadyUrl is null)
            {
                script.AppendLine(block.Commands);
                continue;
            }

            script.AppendLine($"setsid bash -euo pipefail <<'END_OF_BLOCK' &\n{block.Commands}\nEND_OF_BLOCK");
            script.AppendLine("servers+=($!)").AppendLine($"ready {block.ReadyUrl} $!");
        }

        return script.ToString();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
