using System.Text.RegularExpressions;

namespace RecServe.Repo.Tests;

/// <summary>Who may know whom: docs/architecture.md states it, the csproj files must agree to the letter.</summary>
public sealed partial class DependencyTableTests
{
    private static readonly string[] Leaves = ["Kernels", "Features", "Artifacts", "Experiments"];

    [Fact]
    public void Table_in_architecture_page_equals_the_project_files()
    {
        var written = ReadTable();
        var real = ProjectFile.Product.ToDictionary(project => project.Name, project => Describe(project.References));
        Assert.Equal(Lines(real), Lines(written));
    }

    [Fact]
    public void Leaf_projects_reference_nothing()
    {
        foreach (var project in ProjectFile.Product.Where(project => Leaves.Contains(project.Name)))
        {
            Rule.HasNoOffence(project.References);
            Rule.HasNoOffence(project.Packages);
            Rule.HasNoOffence(project.Frameworks);
        }
    }

    [Fact]
    public void Leaf_projects_stay_pure()
    {
        var offences =
            from path in Leaves.SelectMany(leaf => Repository.Sources($"src/RecServe.{leaf}"))
            from line in Repository.ReadLines(path).Select((text, index) => (Text: Code.WithoutComment(text), Number: index + 1))
            let word = Impure().Match(line.Text)
            where word.Success
            select $"{path}:{line.Number}: {word.Value}";
        Rule.HasNoOffence(offences);
    }

    [Fact]
    public void Unsafe_code_is_allowed_only_where_the_architecture_says()
    {
        string[] allowed = ["Kernels", "Embeddings", "Gpu"];
        Rule.HasNoOffence(ProjectFile.All.Where(project => project.Values("AllowUnsafeBlocks").Any() && !allowed.Contains(project.Name)).Select(project => project.RelativePath));
    }

    [Fact]
    public void Transitive_references_are_off_everywhere()
    {
        Assert.Contains("<DisableTransitiveProjectReferences>true<", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
        Rule.HasNoOffence(ProjectFile.All.Where(project => project.Values("DisableTransitiveProjectReferences").Any()).Select(project => project.RelativePath));
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_every_product_project_has_tests()
    {
        var solution = Repository.Read("RecServe.sln").Replace('\\', '/');
        Rule.HasNoOffence(ProjectFile.All.Where(project => !solution.Contains(project.RelativePath, StringComparison.Ordinal)).Select(project => project.RelativePath));
        var tests = ProjectFile.All.Select(project => project.Name).ToHashSet();
        Rule.HasNoOffence(ProjectFile.Product.Where(project => !tests.Contains(project.Name + ".Tests")).Select(project => project.Name));
    }

    /// <summary>The table whose header is <c>| project | references |</c>.</summary>
    private static Dictionary<string, string> ReadTable()
    {
        var rows = Repository.ReadLines("docs/architecture.md")
            .SkipWhile(line => !line.StartsWith("| project | references |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|'));
        return rows.ToDictionary(
            cells => cells[0].Trim(),
            cells => Describe(cells[1].Trim() is "nothing" ? [] : cells[1].Split(',').Select(name => name.Trim())));
    }

    private static string Describe(IEnumerable<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "nothing";

    private static IEnumerable<string> Lines(Dictionary<string, string> table) =>
        table.Select(row => $"{row.Key}: {row.Value}").Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\b(async|await|Task|ValueTask|ILogger|IServiceProvider|IServiceCollection|IConfiguration|HttpClient|HttpContext|TimeProvider|Stopwatch|Environment\.TickCount\w*|Guid\.NewGuid|Random\.Shared)\b")]
    private static partial Regex Impure();
}
