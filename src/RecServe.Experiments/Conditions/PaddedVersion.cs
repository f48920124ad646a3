using System.Text.RegularExpressions;

namespace RecServe.Experiments;

/// <summary>A version as text whose ordinal order is the order of versions. Source: github.com/growthbook/growthbook, sdk-js util.ts.</summary>
internal static partial class PaddedVersion
{
    /// <summary>
    /// Without leading <c>v</c> and <c>+build</c>; numbers padded to five places; a release gets <c>~</c> behind its three parts, so that it
    /// comes after its own pre-releases.
    /// </summary>
    public static string Of(string version)
    {
        List<string> parts = [.. Separators().Split(Decoration().Replace(version, ""))];
        if (parts.Count == 3)
            parts.Add("~");
        return string.Join('-', parts.Select(p => p.Length > 0 && p.All(char.IsAsciiDigit) ? p.PadLeft(5) : p));
    }

    [GeneratedRegex(@"^v|\+.*$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Decoration();

    [GeneratedRegex("[-.]")]
    private static partial Regex Separators();
}
