using System.Text.RegularExpressions;

namespace RecServe.Repo.Tests.Scripts;

/// <summary>./recserve builds when it must, only then, and only once.</summary>
public sealed partial class RecserveScriptTests
{
    private const string Builds = """
        if [ "$1" = build ]; then
          sleep 0.3
          mkdir -p "$2/bin/Release/net10.0" && echo program > "$2/bin/Release/net10.0/recserve.dll"
        else
          shift; echo "ran: $*"
        fi
        """;

    [Fact]
    public async Task First_call_builds_and_says_so_the_next_one_is_silent()
    {
        using var sandbox = new ScriptSandbox(Builds);
        Assert.Equal((0, "ran: train --data a b.csv\n", "recserve: building…\n"), await sandbox.RunAsync("recserve", "train", "--data", "a b.csv"));
        Assert.Equal((0, "ran: --version\n", ""), await sandbox.RunAsync("recserve", "--version"));
        Assert.Equal(1, BuildCount(sandbox));
    }

    [Fact]
    public async Task Changed_new_and_removed_sources_build_again()
    {
        using var sandbox = new ScriptSandbox(Builds);
        await sandbox.RunAsync("recserve");
        sandbox.Write("src/RecServe.Cli/Program.cs", "y\n");
        await sandbox.RunAsync("recserve");
        sandbox.Write("src/RecServe.Cli/New.cs", "");
        await sandbox.RunAsync("recserve");
        sandbox.Write("src/RecServe.Cli/obj/made-by-the-build.cs", "");
        await sandbox.RunAsync("recserve");
        Assert.Equal(3, BuildCount(sandbox));
    }

    [Fact]
    public async Task Sources_of_every_folder_that_the_program_is_built_from_build_again()
    {
        using var sandbox = new ScriptSandbox(Builds);
        string[] folders = [.. ProjectFile.Product.Select(project => project.RelativePath.Split('/')[0]).Distinct()];
        Assert.Contains("stream", folders);

        // Files of other projects that the command line compiles in.
        string[] linked = [.. LinkedFolder().Matches(Repository.Read("src/RecServe.Cli/RecServe.Cli.csproj")).Select(match => match.Groups[1].Value).Distinct()];
        Assert.Contains("bench/RecServe.LoadGen", linked);
        string[] all = [.. folders.Select(folder => $"{folder}/RecServe.New"), .. linked];
        foreach (string folder in all)
        {
            sandbox.Write($"{folder}/New.cs", "");
            await sandbox.RunAsync("recserve");
        }

        Assert.Equal(all.Length, BuildCount(sandbox));
    }

    [Fact]
    public async Task Two_first_calls_at_once_build_once()
    {
        using var sandbox = new ScriptSandbox(Builds);
        var both = await Task.WhenAll(sandbox.RunAsync("recserve", "a"), sandbox.RunAsync("recserve", "b"));
        Assert.Equal(["ran: a\n", "ran: b\n"], both.Select(run => run.Output));
        Assert.Equal(1, BuildCount(sandbox));
    }

    [Fact]
    public async Task Failed_build_shows_its_errors_exits_1_and_is_tried_again()
    {
        using var sandbox = new ScriptSandbox("echo 'noise'; echo 'A.cs(3,4): error CS1002: ; expected'; exit 1");
        for (var i = 0; i < 2; i++)
        {
            var (exit, output, error) = await sandbox.RunAsync("recserve", "demo");
            Assert.Equal((1, ""), (exit, output));
            Assert.Equal("recserve: building…\nrecserve: the build failed:\nA.cs(3,4): error CS1002: ; expected\n", error);
        }
    }

    [Fact]
    public async Task Without_the_sdk_it_says_what_to_install()
    {
        using var sandbox = new ScriptSandbox(dotnet: null);
        var (exit, _, error) = await sandbox.RunAsync("recserve", "demo");
        Assert.Equal(1, exit);
        Assert.Contains(".NET 10 SDK", error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\.\./\.\./(bench/[\w./]+)/[\w*.]+\.cs[;""]")]
    private static partial Regex LinkedFolder();

    private static int BuildCount(ScriptSandbox sandbox) => sandbox.Calls.Count(call => call.StartsWith("build ", StringComparison.Ordinal));
}
