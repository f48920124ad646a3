namespace RecServe.Repo.Tests;

/// <summary>Small files: a newcomer reads one in a sitting.</summary>
public sealed class FileBudgetTests
{
    private const int Longest = 400;

    /// <summary>Files that are longer for a reason.</summary>
    private static readonly Dictionary<string, string> Exempt = new()
    {
    };

    [Fact]
    public void Product_files_keep_the_budget()
    {
        var lengths = Repository.Sources("src", "stream").Select(path => Repository.ReadLines(path).Length).Order().ToArray();
        Assert.True(lengths[lengths.Length / 2] <= 100, $"The median is {lengths[lengths.Length / 2]} lines, the budget 100.");
        Assert.True(lengths[lengths.Length * 9 / 10] <= 300, $"The 90th percentile is {lengths[lengths.Length * 9 / 10]} lines, the budget 300.");
    }

    [Fact]
    public void No_file_is_longer_than_400_lines_without_a_reason()
    {
        var tooLong = Repository.Sources("src", "stream", "tests", "bench").Where(path => Repository.ReadLines(path).Length > Longest).ToHashSet();
        Rule.HasNoOffence(tooLong.Except(Exempt.Keys));
        Rule.HasNoOffence(Exempt.Keys.Except(tooLong));
    }

    [Fact]
    public void A_file_has_one_public_type()
    {
        var crowded =
            from path in Repository.Sources("src", "stream", "tests", "bench")
            let names = Code.DeclaredTypes(path).Where(type => type.IsPublic).Select(type => type.Name).Distinct().ToArray()
            where names.Length > 1
            select $"{path}: {string.Join(", ", names)}";
        Rule.HasNoOffence(crowded);
    }

    [Fact]
    public void A_public_type_stands_in_the_file_of_its_name()
    {
        var misplaced =
            from path in Repository.Sources("src", "stream")
            from type in Code.DeclaredTypes(path)
            where type.IsPublic && Path.GetFileName(path).Split('.')[0] != type.Name
            select $"{path}: {type.Name}";
        Rule.HasNoOffence(misplaced);
    }
}
