namespace RecServe.Repo.Tests.Documentation;

/// <summary>Runs what the pages tell readers to type: each page's bash blocks in order, in one fresh folder.</summary>
public sealed class DocumentedCommandTests
{
    /// <summary>Pages with at least one block to run.</summary>
    public static TheoryData<string> Pages => [.. MarkdownPage.All.Where(page => page.BashBlocks.Any(block => block.IsRun)).Select(page => page.RelativePath)];

    [Fact]
    public void Blocks_that_are_not_run_say_why()
    {
        var silent =
            from page in MarkdownPage.All
            from block in page.BashBlocks
            where !block.IsRun && block.Reason.Length < 15
            select $"{page.RelativePath}:{block.Line}";
        Rule.HasNoOffence(silent);
    }

    [Fact]
    public void Comments_before_blocks_are_ones_the_tests_understand()
    {
        var unknown =
            from page in MarkdownPage.All
            from block in page.BashBlocks
            where block.Comment.Length > 0 && block.IsRun && block.ReadyUrl is null
            select $"{page.RelativePath}:{block.Line}: {block.Comment}";
        Rule.HasNoOffence(unknown);
    }

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Pages))]
    public async Task Commands_of_a_page_work_as_written(string page)
    {
        using var folder = new ReaderFolder();
        var (exit, output) = await folder.RunAsync(MarkdownPage.All.Single(candidate => candidate.RelativePath == page), TimeSpan.FromMinutes(10));
        Assert.True(exit == 0, $"{page} does not work as written (exit code {exit}):\n{output}");
    }
}
