using System.Text;
using System.Text.RegularExpressions;

namespace RecServe.Repo.Tests;

/// <summary>What may lie in the repository: text that holds on every machine.</summary>
public sealed partial class TrackedFileTests
{
    private static readonly string[] Binary = [".png", ".jpg", ".ico", ".woff2", ".gz", ".zip", ".safetensors", ".bin"];

    private static IEnumerable<string> TextFiles => Repository.Files.Where(path => !Binary.Contains(Path.GetExtension(path)));

    [Fact]
    public void No_file_is_larger_than_a_megabyte() =>
        Rule.HasNoOffence(Repository.Files.Where(path => new FileInfo(Path.Combine(Repository.Root, path)).Length > 1 << 20));

    [Fact]
    public void Text_is_utf8_with_line_feeds_and_a_last_newline()
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var offences = new List<string>();
        foreach (var path in TextFiles)
        {
            var bytes = File.ReadAllBytes(Path.Combine(Repository.Root, path));
            if (bytes.Length > 0 && (bytes.Contains((byte)'\r') || bytes[^1] != '\n' || bytes.Contains((byte)0)) && !path.EndsWith(".sln", StringComparison.Ordinal))
            {
                offences.Add(path);
            }

            Assert.Null(Record.Exception(() => strict.GetCharCount(bytes)));
        }

        Rule.HasNoOffence(offences);
    }

    [Fact]
    public void No_text_names_a_path_of_one_machine() => Rule.HasNoOffence(Find(MachinePath()));

    [Fact]
    public void No_text_is_left_unfinished() => Rule.HasNoOffence(Find(Unfinished()));

    [Fact]
    public void No_configuration_names_a_package_feed()
    {
        string[] feeds = ["nuget.config", ".npmrc", "pip.conf"];
        Rule.HasNoOffence(Repository.Files.Where(path => feeds.Contains(Path.GetFileName(path).ToLowerInvariant())));
        var foreign =
            from path in Repository.Files
            where Path.GetFileName(path) == "package-lock.json"
            from Match link in Resolved().Matches(Repository.Read(path))
            select $"{path}: {link.Value}";
        Rule.HasNoOffence(foreign);
    }

    [Fact]
    public void Scripts_are_executable()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var path in TextFiles.Where(path => Repository.Read(path).StartsWith("#!", StringComparison.Ordinal)))
        {
            Assert.True(File.GetUnixFileMode(Path.Combine(Repository.Root, path)).HasFlag(UnixFileMode.UserExecute), $"{path} is not executable.");
        }
    }

    private static IEnumerable<string> Find(Regex words) =>
        from path in TextFiles
        where Path.GetFileName(path) != "TrackedFileTests.cs"
        from line in Repository.ReadLines(path).Select((text, index) => (Text: text, Number: index + 1))
        where words.IsMatch(line.Text)
        select $"{path}:{line.Number}: {line.Text.Trim()}";

    [GeneratedRegex(@"(?<![\w.-])/(work|root|home/\w+|Users/\w+)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|\bNotImplementedException\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"""resolved"":\s*""(?!https://registry\.npmjs\.org/)[^""]+")]
    private static partial Regex Resolved();
}
