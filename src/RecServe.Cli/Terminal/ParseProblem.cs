using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace RecServe.Cli.Terminal;

/// <summary>Says the parser's complaints in the user's words: a number is expected, not a <c>System.Int32</c>.</summary>
internal static partial class ParseProblem
{
    private const string NoCommand = "Required command was not provided.";

    /// <summary>What is wrong with a command line, one line each; none where the verb can run.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        if (parsed.Action is ParseErrorAction)
        {
            // A verb that does not exist is told twice: as one that is missing and as a word that is not known. The second is what helps.
            string[] problems = [.. parsed.Errors.Select(error => Tell(error.Message))];
            return problems.Length > 1 ? [.. problems.Where(problem => problem != NoCommand)] : problems;
        }

        // An empty value is a shell variable that is not set. No option of ours takes one, and some would be read as the current folder.
        return [.. parsed.CommandResult.Children.Where(child => child.Tokens.Any(token => token.Value.Length == 0)).Select(child => $"{NameOf(child)} is given an empty value.")];
    }

    /// <summary><paramref name="message"/> without names of .NET types.</summary>
    public static string Tell(string message) => ExpectedType().Replace(message, match => match.Groups["type"].Value switch
    {
        var type when type.Contains("Int", StringComparison.Ordinal) => ": a whole number is expected.",
        var type when type.Contains("Double", StringComparison.Ordinal) || type.Contains("Single", StringComparison.Ordinal) => ": a number is expected.",
        _ => ".",
    });

    private static string NameOf(SymbolResult result) => result switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult argument => $"<{argument.Argument.Name}>",
        _ => "an argument",
    };

    [GeneratedRegex(@" as expected type '(?<type>.*)'\.$")]
    private static partial Regex ExpectedType();
}
