using Spectre.Console;

namespace RecServe.Cli.Terminal;

/// <summary>
/// Shows progress on standard error, so that standard output stays for results: bars on a terminal, plain lines in a pipe or a log.
/// </summary>
internal static class ConsoleProgress
{
    /// <summary>Standard error is a terminal that understands control codes.</summary>
    public static bool IsTerminal =>
        !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term && term != "dumb";

    /// <summary>Runs <paramref name="work"/> on the pool and shows what it reports until it ends; its exceptions pass through.</summary>
    /// <param name="error">Where plain lines go.</param>
    /// <param name="terminal">Draw bars on the real standard error instead; <see cref="IsTerminal"/> outside tests.</param>
    /// <param name="time">Paces the plain lines.</param>
    /// <param name="work">May report from any thread.</param>
    public static Task<T> RunAsync<T>(TextWriter error, bool terminal, TimeProvider time, Func<IProgress<ProgressStep>, T> work)
    {
        if (!terminal)
        {
            return Task.Run(() => work(new PlainProgress(error, time)));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(context => Task.Run(() => work(new BarProgress(context))));
    }
}
