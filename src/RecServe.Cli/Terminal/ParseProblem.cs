using System.Text.RegularExpressions;

namespace RecServe.Cli.Terminal;

/// <summary>Says the parser's complaints in the user's words: a number is expected, not a <c>System.Int32</c>.</summary>
internal static partial class ParseProblem
{
    /// <summary><paramref name="message"/> without names of .NET types.</summary>
    public static string Tell(string message) => ExpectedType().Replace(message, match => match.Groups["type"].Value switch
    {
        var type when type.Contains("Int", StringComparison.Ordinal) => ": a whole number is expected.",
        var type when type.Contains("Double", StringComparison.Ordinal) || type.Contains("Single", StringComparison.Ordinal) => ": a number is expected.",
        _ => ".",
    });

    [GeneratedRegex(@" as expected type '(?<type>.*)'\.$")]
    private static partial Regex ExpectedType();
}
