using Microsoft.Extensions.Time.Testing;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Tests;

public sealed class PlainProgressTests
{
    [Fact]
    public void Report_writes_the_start_the_end_and_one_line_a_pace()
    {
        var time = new FakeTimeProvider();
        using var error = new StringWriter { NewLine = "\n" };
        var progress = new PlainProgress(error, time);

        progress.Report(new ProgressStep("reading", 0, ""));
        progress.Report(new ProgressStep("reading", 0.25, "too soon"));
        time.Advance(PlainProgress.Pace);
        progress.Report(new ProgressStep("reading", 0.5, "9 rows/s"));
        progress.Report(new ProgressStep("reading", 1, "done"));
        progress.Report(new ProgressStep("reading", 1, "again"));
        progress.Report(new ProgressStep("epoch 1", 0.1, ""));

        Assert.Equal(["reading    0 %", "reading   50 %  9 rows/s", "reading  100 %  done", "epoch 1   10 %", ""], error.ToString().Split('\n'));
    }

    [Fact]
    public async Task RunAsync_without_a_terminal_gives_the_result_and_passes_exceptions_through()
    {
        using var error = new StringWriter();
        Assert.Equal(7, await ConsoleProgress.RunAsync(error, terminal: false, TimeProvider.System, progress =>
        {
            progress.Report(new ProgressStep("counting", 1, ""));
            return 7;
        }));
        Assert.Contains("counting", error.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<UsageException>(() =>
            ConsoleProgress.RunAsync<int>(error, terminal: false, TimeProvider.System, _ => throw new UsageException("no")));
    }
}
