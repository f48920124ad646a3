using RecServe.Api;
using RecServe.Artifacts;
using RecServe.Compression;
using RecServe.Cli.Demo;
using RecServe.Experiments;
using RecServe.Features;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Cli.Terminal;

/// <summary>Tells a failure to the person at the terminal: what they can act on, never a stack trace unless they ask for it.</summary>
internal static class FailureReport
{
    /// <summary>Set to 1, it adds the stack trace to every failure.</summary>
    public const string DebugVariable = "RECSERVE_DEBUG";

    /// <summary>Writes <paramref name="exception"/> to <paramref name="error"/> and gives the exit code.</summary>
    /// <param name="exception">What ended the verb.</param>
    /// <param name="cancelled">The user or the system asked the process to stop.</param>
    /// <param name="error">Standard error.</param>
    public static int Write(Exception exception, bool cancelled, TextWriter error)
    {
        if (cancelled && exception is OperationCanceledException)
        {
            error.WriteLine("Stopped before the work was done.");
            return ExitCode.Failed;
        }

        var expected = IsExpected(exception);
        error.WriteLine(expected ? exception.Message : $"Unexpected {exception.GetType().Name}: {FirstLine(exception.Message)}");
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1")
        {
            error.WriteLine(exception.ToString());
        }
        else if (!expected)
        {
            error.WriteLine($"This is a bug in recserve. Run it again with {DebugVariable}=1 for the details to report.");
        }

        return exception is UsageException ? ExitCode.Usage : ExitCode.Failed;
    }

    /// <summary>
    /// The kinds whose message is written for users: it names the file, line or field and the limit. Of the framework's own, the file
    /// and network failures are kept, whose messages name the path or the address.
    /// </summary>
    private static bool IsExpected(Exception exception) =>
        exception is UsageException or PackageException or SchemaException or DataFileException or TrainingException or ExperimentFileException
            or ServingException or DemoException or CompressionException
            or IOException or UnauthorizedAccessException;

    private static string FirstLine(string message) => message.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? message[..end] : message;
}
