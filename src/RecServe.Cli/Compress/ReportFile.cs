namespace RecServe.Cli.Compress;

/// <summary>Writes a report into a package's directory: readers of packages pass over files that the manifest does not name.</summary>
internal static class ReportFile
{
    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(string path, string text)
    {
        string temporary = path + ".writing";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path);
    }
}
