namespace RecServe.Repo.Tests.Scripts;

/// <summary>test.sh must never call a bad run good: what it counts, its last line and its exit code.</summary>
public sealed class TestScriptTests
{
    private const string Good = "Passed!  - Failed:     0, Passed:    12, Skipped:     1, Total:    13, Duration: 9 ms - A.dll (net10.0)";
    private const string Bad = "Failed!  - Failed:     2, Passed:     3, Skipped:     0, Total:     5, Duration: 9 ms - A.dll (net10.0)";
    private const string Nothing = "Skipped! - Failed:     0, Passed:     0, Skipped:     4, Total:     4, Duration: 9 ms - A.dll (net10.0)";

    [Theory]
    [InlineData("case $1 in test) echo '" + Good + "' ;; esac", 0, "12 passed, 0 failed, 1 skipped")]
    [InlineData("case $1 in test) echo '" + Nothing + "' ;; esac", 0, "0 passed, 0 failed, 4 skipped")]
    [InlineData("case $1 in test) echo '" + Bad + "'; exit 1 ;; esac", 1, "3 passed, 2 failed, 0 skipped")]
    [InlineData("case $1 in test) echo 'The active test run was aborted.'; exit 1 ;; esac", 1, "0 passed, 1 failed, 0 skipped")]
    [InlineData("case $1 in test) echo 'No test is available in A.dll'; exit 0 ;; esac", 1, "0 passed, 1 failed, 0 skipped")]
    [InlineData("case $1 in test) echo '" + Good + "'; exit 1 ;; esac", 1, "12 passed, 1 failed, 1 skipped")]
    [InlineData("case $1 in build) echo 'A.cs(1,1): error CS1: no'; exit 1 ;; test) echo '" + Good + "' ;; esac", 1, "0 passed, 2 failed, 0 skipped")]
    [InlineData("case $2 in *.sln) exit 1 ;; esac; case $1 in test) echo '" + Good + "' ;; esac", 1, "12 passed, 1 failed, 1 skipped")]
    [InlineData(null, 1, "0 passed, 1 failed, 0 skipped")]
    public async Task Last_line_and_exit_code_tell_what_happened(string? dotnet, int exit, string last)
    {
        using var sandbox = new ScriptSandbox(dotnet);
        sandbox.Write("tests/A.Tests/A.Tests.csproj", "");
        var (code, output, _) = await sandbox.RunAsync("test.sh");
        Assert.Equal(last, output.TrimEnd('\n').Split('\n')[^1]);
        Assert.Equal(exit, code);
    }

    [Fact]
    public async Task Projects_are_added_up()
    {
        using var sandbox = new ScriptSandbox($"case $2 in *A.Tests.dll) echo '{Good}' ;; *B.Tests.dll) echo '{Bad}'; exit 1 ;; esac");
        sandbox.Write("tests/A.Tests/A.Tests.csproj", "");
        sandbox.Write("tests/B.Tests/B.Tests.csproj", "");
        var (code, output, _) = await sandbox.RunAsync("test.sh");
        Assert.EndsWith("15 passed, 2 failed, 1 skipped\n", output, StringComparison.Ordinal);
        Assert.Equal(1, code);
    }

    [Theory]
    [InlineData(0, "12 passed, 0 failed, 1 skipped", "A")]
    [InlineData(1, "0 passed, 1 failed, 0 skipped", "Nosuch")]
    [InlineData(1, "0 passed, 1 failed, 0 skipped", "--slow")]
    public async Task Arguments_choose_projects_and_mistakes_fail(int exit, string last, string argument)
    {
        using var sandbox = new ScriptSandbox($"case $1 in test) echo '{Good}' ;; esac");
        sandbox.Write("tests/A.Tests/A.Tests.csproj", "");
        sandbox.Write("tests/B.Tests/B.Tests.csproj", "");
        var (code, output, _) = await sandbox.RunAsync("test.sh", argument);
        Assert.EndsWith(last + "\n", output, StringComparison.Ordinal);
        Assert.Equal(exit, code);
    }

    [Fact]
    public async Task Fast_leaves_the_slow_tests_out()
    {
        using var sandbox = new ScriptSandbox($"case $1 in test) echo '{Good}' ;; esac");
        sandbox.Write("tests/A.Tests/A.Tests.csproj", "");
        await sandbox.RunAsync("test.sh", "--fast");
        Assert.Contains(sandbox.Calls, call => call.Contains("--filter Category!=Slow", StringComparison.Ordinal));
    }
}
