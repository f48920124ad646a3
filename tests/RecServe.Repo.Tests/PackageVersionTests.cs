using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RecServe.Repo.Tests;

/// <summary>Versions stand in one file, exact, used, and with a reason where a version is held.</summary>
public sealed partial class PackageVersionTests
{
    private const string Central = "Directory.Packages.props";

    [Fact]
    public void Versions_are_exact_and_only_in_the_central_file()
    {
        Rule.HasNoOffence(Versions().Where(package => !Exact().IsMatch(package.Version)).Select(package => package.Id));
        Rule.HasNoOffence(ProjectFile.All.Where(project => project.Values("Version").Any() || project.Values("VersionOverride").Any()).Select(project => project.RelativePath));
    }

    [Fact]
    public void Every_central_version_is_used()
    {
        var used = ProjectFile.All.SelectMany(project => project.Packages)
            .Concat(XElement.Parse(Repository.Read("Directory.Build.props")).Descendants("PackageReference").Select(item => (string)item.Attribute("Include")!));
        Rule.HasNoOffence(Versions().Select(package => package.Id).Except(used));
    }

    [Fact]
    public void A_held_version_is_the_one_its_comment_names()
    {
        var lines = Repository.ReadLines(Central);
        var held = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var comment = Held().Match(lines[i]);
            if (!comment.Success)
            {
                continue;
            }

            held++;
            var next = lines.Skip(i + 1).First(line => line.Contains("<PackageVersion", StringComparison.Ordinal));
            Assert.Contains($"Version=\"{comment.Groups["version"].Value}", next, StringComparison.Ordinal);
            Assert.True(comment.Groups["reason"].Length > 20, $"{Central}:{i + 1} gives no reason.");
        }

        Assert.True(held > 0, $"{Central} says 'Held at' nowhere: this test has nothing to look at.");
    }

    [Fact]
    public void Every_package_is_in_the_third_party_notices()
    {
        var notices = Repository.Read("THIRD-PARTY-NOTICES.md");
        Rule.HasNoOffence(Versions().Select(package => package.Id).Where(id => !notices.Contains($"| {id} |", StringComparison.Ordinal)));
    }

    private static IEnumerable<(string Id, string Version)> Versions() =>
        XElement.Parse(Repository.Read(Central)).Descendants("PackageVersion")
            .Select(item => ((string)item.Attribute("Include")!, (string)item.Attribute("Version")!));

    [GeneratedRegex(@"^\d+(\.\d+)+$")]
    private static partial Regex Exact();

    [GeneratedRegex(@"<!-- Held at (?<version>[\d.]*\d): (?<reason>.*)")]
    private static partial Regex Held();
}
