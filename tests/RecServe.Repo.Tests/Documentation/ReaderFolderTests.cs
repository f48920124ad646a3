namespace RecServe.Repo.Tests.Documentation;

/// <summary>The runner of the pages' commands must notice what a reader would.</summary>
public sealed class ReaderFolderTests : IDisposable
{
    private const string Server = """
        <!-- background until http://127.0.0.1:8080/README.md -->
        ```bash
        python3 -m http.server --bind 127.0.0.1 "${RECSERVE_URLS##*:}"
        ```

        """;

    private readonly string _page = Path.GetTempFileName();

    public void Dispose() => File.Delete(_page);

    [Fact]
    public async Task Blocks_share_a_folder_and_run_in_order()
    {
        var (exit, output) = await Run("```bash\nmkdir a; name=b\n```\n<!-- not run: this one would fail -->\n```bash\nfalse\n```\n```bash\ncd a && echo \"in $name\"; ls ../README.md\n```\n");
        Assert.Equal(0, exit);
        Assert.Contains("in b", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Repository.Root, "a")));
    }

    [Theory]
    [InlineData("false; true")]
    [InlineData("false | cat")]
    [InlineData("echo \"$unset_name\"")]
    [InlineData("nosuchcommand")]
    public async Task Failing_command_fails_the_page(string command)
    {
        var (exit, output) = await Run($"```bash\n{command}\n```\n```bash\necho later\n```\n");
        Assert.NotEqual(0, exit);
        Assert.DoesNotContain("later", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_in_the_background_answers_the_next_block_and_is_ended_with_the_page()
    {
        var (exit, output) = await Run(Server + "```bash\ncurl -s http://127.0.0.1:8080/README.md | head -n 1\necho \"$RECSERVE_URLS\"\n```\n");
        Assert.Equal(0, exit);
        Assert.Contains("# RecServe", output, StringComparison.Ordinal);
        var url = output.Split('\n').Last(line => line.StartsWith("http://", StringComparison.Ordinal));
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(url)));
    }

    [Fact]
    public async Task Error_status_of_a_curl_fails_the_page()
    {
        var (exit, _) = await Run(Server + "```bash\ncurl -s http://127.0.0.1:8080/nothing\n```\n");
        Assert.Equal(22, exit);
    }

    [Fact]
    public async Task Server_that_ends_early_fails_the_page()
    {
        var (exit, output) = await Run("<!-- background until http://127.0.0.1:8080/ -->\n```bash\ntrue\n```\n");
        Assert.Equal(1, exit);
        Assert.Contains("ended before", output, StringComparison.Ordinal);
    }

    private async Task<(int Exit, string Output)> Run(string markdown)
    {
        await File.WriteAllTextAsync(_page, markdown);
        using var folder = new ReaderFolder();
        return await folder.RunAsync(MarkdownPage.Open(_page), TimeSpan.FromMinutes(1));
    }
}
