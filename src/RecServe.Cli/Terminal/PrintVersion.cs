using System.CommandLine;
using System.CommandLine.Invocation;

namespace RecServe.Cli.Terminal;

/// <summary>Prints <c>recserve 1.2.3</c>: the program's own version, also when a test host is the entry assembly.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(PrintVersion).Assembly.GetName().Version!;
        parseResult.InvocationConfiguration.Output.WriteLine($"recserve {version.ToString(3)}");
        return ExitCode.Ok;
    }
}
