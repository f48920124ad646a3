using System.Text.RegularExpressions;

namespace RecServe.Repo.Tests;

/// <summary>Names are the field's own terms; a name that fits anything tells nothing.</summary>
public sealed partial class NameTests
{
    private static readonly HashSet<string> Banned = new(StringComparer.Ordinal)
    {
        "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common",
    };

    [Fact]
    public void No_type_has_a_name_that_tells_nothing()
    {
        var offences =
            from path in Repository.Sources("src", "stream", "tests", "bench")
            from type in Code.DeclaredTypes(path)
            where IsBanned(type.Name)
            select $"{path}:{type.Line}: {type.Name}";
        Rule.HasNoOffence(offences);
    }

    [Fact]
    public void No_file_or_folder_has_a_name_that_tells_nothing() =>
        Rule.HasNoOffence(Repository.Files.Where(path => path.Split('/', '.', '-', '_').Any(IsBanned)));

    [Theory]
    [InlineData("ModelManager", true)]
    [InlineData("StringUtils", true)]
    [InlineData("helpers", true)]
    [InlineData("Management", false)]
    [InlineData("Commonness", false)]
    public void IsBanned_looks_at_whole_words(string name, bool banned) => Assert.Equal(banned, IsBanned(name));

    private static bool IsBanned(string name) =>
        Word().Matches(name).Any(word => Banned.Contains(char.ToUpperInvariant(word.Value[0]) + word.Value[1..]));

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
