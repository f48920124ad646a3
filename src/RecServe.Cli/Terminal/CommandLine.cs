using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;

namespace RecServe.Cli.Terminal;

/// <summary>The rules that every verb shares: parsing, help, signals, how a failure is told and which code it exits with.</summary>
/// <remarks>
/// A verb writes results to <c>parseResult.InvocationConfiguration.Output</c> and progress and remarks to <c>.Error</c>, throws one of
/// the exceptions of <see cref="FailureReport"/> when it cannot go on, and stops when its token is cancelled.
/// </remarks>
internal static class CommandLine
{
    /// <summary>Parses <paramref name="args"/>, runs the verb and gives the exit code; nothing is thrown.</summary>
    public static async Task<int> RunAsync(
        IEnumerable<Command> verbs, string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var root = CreateRoot(verbs);
        var asked = args.Length == 0 ? ["--help"] : args;
        ParseResult parsed;
        try
        {
            parsed = root.Parse(asked, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        }
        catch (InvalidOperationException problem)
        {
            // The library throws where a validator reads a value that is not of the option's type.
            error.WriteLine(ParseProblem.Tell(problem.Message));
            WriteHint(error, $"recserve {asked[0]}");
            return ExitCode.Usage;
        }

        if (ParseProblem.Of(parsed) is { Count: > 0 } problems)
        {
            foreach (string problem in problems)
            {
                error.WriteLine(problem);
            }

            WriteHint(error, FullName(parsed.CommandResult.Command));
            return ExitCode.Usage;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = CancelOn(PosixSignal.SIGINT, stop);
        using var terminate = CancelOn(PosixSignal.SIGTERM, stop);
        var invocation = new InvocationConfiguration
        {
            Output = args.Length == 0 ? error : output,
            Error = error,
            EnableDefaultExceptionHandler = false,

            // Signals are handled below: a training run needs longer than the library's two seconds to write its best package.
            ProcessTerminationTimeout = null,
        };
        try
        {
            var exit = await parsed.InvokeAsync(invocation, stop.Token).ConfigureAwait(false);
            return args.Length == 0 ? ExitCode.Usage : exit;
        }
        catch (Exception exception)
        {
            var exit = FailureReport.Write(exception, stop.IsCancellationRequested, error);
            if (exit == ExitCode.Usage)
            {
                WriteHint(error, FullName(parsed.CommandResult.Command));
            }

            return exit;
        }
    }

    private static RootCommand CreateRoot(IEnumerable<Command> verbs)
    {
        var root = new RootCommand("Recommendations served from compressed embeddings: train a model, package it, rank over HTTP.");
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: SynchronousCommandLineAction help })
            {
                option.Action = new HelpWithExamples(help);
            }
            else if (option is VersionOption)
            {
                option.Action = new PrintVersion();
            }
        }

        foreach (var verb in verbs)
        {
            root.Add(verb);
        }

        return root;
    }

    private static void WriteHint(TextWriter error, string command) =>
        error.WriteLine($"'{command} --help' shows the options and an example.");

    /// <summary>A command as it is typed: <c>recserve inspect data</c>.</summary>
    private static string FullName(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{FullName(parent)} {command.Name}" : "recserve";

    /// <summary>The first signal asks the verb to stop in good order; a second one ends the process at once.</summary>
    private static PosixSignalRegistration CancelOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            if (stop.IsCancellationRequested)
            {
                // Leaving it to the default action is not enough: a web host keeps its own handler, which would cancel that.
                Environment.Exit(ExitCode.Failed);
            }

            context.Cancel = true;
            stop.Cancel();
        });
}
