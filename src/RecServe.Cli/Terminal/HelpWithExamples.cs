using System.CommandLine;
using System.CommandLine.Invocation;

namespace RecServe.Cli.Terminal;

/// <summary>The library's help, followed by the examples of the verb it is asked about.</summary>
internal sealed class HelpWithExamples(SynchronousCommandLineAction inner) : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exit = inner.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not Verb verb)
        {
            return exit;
        }

        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(verb.Examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in verb.Examples)
        {
            output.WriteLine($"  {example}");
        }

        output.WriteLine();
        return exit;
    }
}
