namespace RecServe.Repo.Tests.Documentation;

public sealed class LinkTests
{
    [Fact]
    public void Every_local_link_leads_to_a_file_and_a_heading()
    {
        var pages = MarkdownPage.All.ToDictionary(page => page.RelativePath);
        var broken = new List<string>();
        foreach (var page in MarkdownPage.All)
        {
            foreach (var (line, target) in page.LocalLinks)
            {
                var parts = target.Split('#', 2);
                var path = parts[0].Length == 0
                    ? page.RelativePath
                    : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page.RelativePath)!, parts[0])));
                var exists = File.Exists(Path.Combine(Repository.Root, path)) || Directory.Exists(Path.Combine(Repository.Root, path));
                if (!exists || (parts.Length == 2 && (!pages.TryGetValue(path, out var aim) || !aim.Anchors.Contains(parts[1]))))
                {
                    broken.Add($"{page.RelativePath}:{line}: {target}");
                }
            }
        }

        Rule.HasNoOffence(broken);
    }

    [Fact]
    public void Every_page_under_docs_is_reached_from_a_contents_page()
    {
        var listed =
            from page in MarkdownPage.All
            where page.RelativePath.StartsWith("docs/", StringComparison.Ordinal) && Path.GetFileName(page.RelativePath) == "README.md"
            from link in page.LocalLinks
            select $"{Path.GetDirectoryName(page.RelativePath)}/{link.Target.Split('#')[0]}";
        Rule.HasNoOffence(MarkdownPage.All.Select(page => page.RelativePath)
            .Where(path => path.StartsWith("docs/", StringComparison.Ordinal) && path != "docs/README.md")
            .Except(listed));
    }
}
