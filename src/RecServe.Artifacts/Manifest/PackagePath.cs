namespace RecServe.Artifacts;

/// <summary>Paths inside a package: short, relative, of letters that every file system knows, and never out of the directory.</summary>
internal static class PackagePath
{
    public const string Dense = "dense.safetensors";

    private const int MaxLength = 200;

    /// <summary>File of a table: its place among the fields, then what remains of the name, so that no two collide.</summary>
    public static string Table(int index, string name) => $"tables/{index:D3}-{Plain(name)}.safetensors";

    public static string Catalog(string entity) => $"catalogs/{entity}.safetensors";

    public static string Check(JsonMember member)
    {
        string path = member.Text(MaxLength);
        foreach (string segment in path.Split('/'))
        {
            bool plain = segment.Length > 0 && segment[0] != '.' && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
            if (!plain)
                throw member.Wrong($"'{path}' is not a plain path inside the package (segments of A-Z a-z 0-9 . - _ that do not start with a dot)");
        }

        return path;
    }

    private static string Plain(string name) =>
        string.Concat(name.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
}
