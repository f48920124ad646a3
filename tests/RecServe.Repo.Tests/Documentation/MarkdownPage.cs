using System.Text.RegularExpressions;

namespace RecServe.Repo.Tests.Documentation;

/// <summary>A page of the documentation: its bash blocks and its links.</summary>
internal sealed partial class MarkdownPage
{
    private readonly string[] _lines;

    private MarkdownPage(string path)
    {
        RelativePath = path;
        _lines = Repository.ReadLines(path);
    }

    /// <summary>Every page that users read.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } =
        [.. Repository.Files.Where(path => path.EndsWith(".md", StringComparison.Ordinal)).Select(path => new MarkdownPage(path))];

    /// <summary>Any page, by a path that may be absolute.</summary>
    public static MarkdownPage Open(string path) => new(path);

    /// <summary>Path relative to the root.</summary>
    public string RelativePath { get; }

    /// <summary>The fenced blocks marked <c>bash</c> (or <c>sh</c>, <c>shell</c>, <c>console</c>), in order.</summary>
    public IEnumerable<BashBlock> BashBlocks
    {
        get
        {
            for (var i = 0; i < _lines.Length; i++)
            {
                var fence = Fence().Match(_lines[i]);
                if (!fence.Success)
                {
                    continue;
                }

                var end = Array.FindIndex(_lines, i + 1, line => line.TrimStart().StartsWith(fence.Groups["ticks"].Value, StringComparison.Ordinal));
                Assert.True(end > 0, $"{RelativePath}:{i + 1}: the block does not end.");
                if (fence.Groups["language"].Value is "bash" or "sh" or "shell" or "console")
                {
                    yield return new BashBlock(i + 1, string.Join('\n', _lines[(i + 1)..end]), CommentBefore(i));
                }

                i = end;
            }
        }
    }

    /// <summary>Targets of the links that do not leave the repository, as (line, target).</summary>
    public IEnumerable<(int Line, string Target)> LocalLinks =>
        from line in _lines.Select((text, index) => (Text: text, Number: index + 1))
        from Match link in Link().Matches(line.Text)
        let target = link.Groups["target"].Value
        where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
        select (line.Number, target);

    /// <summary>The anchors that its headings give, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors =>
        _lines.Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))
            .ToHashSet();

    private string CommentBefore(int fence)
    {
        var previous = fence - 1;
        while (previous >= 0 && _lines[previous].Trim().Length == 0)
        {
            previous--;
        }

        return previous >= 0 && Comment().Match(_lines[previous]) is { Success: true } match ? match.Groups["text"].Value.Trim() : "";
    }

    [GeneratedRegex(@"^\s*(?<ticks>```+)(?<language>\w*)\s*$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\s*<!--(?<text>.*)-->\s*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<!`)\[[^\]`]*(?:`[^`]*`)?[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
