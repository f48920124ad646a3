using System.Text.RegularExpressions;

namespace RecServe.Repo.Tests;

/// <summary>Reads C# source as far as the rules of the house need it: lines without comments, the types that a file declares.</summary>
internal static partial class Code
{
    /// <summary>Type declarations of a file as (line number, public and not nested, name).</summary>
    public static IEnumerable<(int Line, bool IsPublic, string Name)> DeclaredTypes(string path)
    {
        var lines = Repository.ReadLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            var match = TypeDeclaration().Match(WithoutComment(lines[i]));
            if (match.Success)
            {
                // Namespaces are file-scoped, so a type at the left margin is not nested.
                yield return (i + 1, match.Groups["modifiers"].Value.StartsWith("public", StringComparison.Ordinal), match.Groups["name"].Value);
            }
        }
    }

    /// <summary>The line up to a comment; documentation lines become empty.</summary>
    public static string WithoutComment(string line)
    {
        var comment = LineComment().Match(line);
        return comment.Success ? line[..comment.Index] : line;
    }

    [GeneratedRegex(@"^(?<modifiers>(?:\s*(?:public|internal|private|protected|file|static|sealed|abstract|partial|readonly|ref|unsafe)\b)*)\s*(?:record struct|record class|class|struct|interface|enum|record)\s+(?<name>[A-Z]\w*)")]
    private static partial Regex TypeDeclaration();

    // A slash pair after a colon is a URL in a string.
    [GeneratedRegex(@"(?<![:""])//.*$")]
    private static partial Regex LineComment();
}
