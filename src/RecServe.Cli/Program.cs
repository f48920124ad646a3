using System.CommandLine;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;

namespace RecServe.Cli;

/// <summary>The <c>recserve</c> program: one verb per file under <c>Verbs/</c>, listed here.</summary>
internal static class Program
{
    /// <summary>Every verb, in the order in which <c>--help</c> lists them.</summary>
    internal static IReadOnlyList<Command> CreateVerbs() =>
    [
        DemoVerb.Create(),
        ServeVerb.Create(),
        TrainVerb.Create(),
        EvaluateVerb.Create(),
        CompressVerb.Create(),
        PruneVerb.Create(),
        InspectVerb.Create(),
        ExportVerb.Create(),
        ImportVerb.Create(),
        ApplyVerb.Create(),
        QuarantineVerb.Create(),
        RowsVerb.Create(),
        BenchVerb.Create(),
    ];

    private static Task<int> Main(string[] args) =>
        CommandLine.RunAsync(CreateVerbs(), args, Console.Out, Console.Error);
}
