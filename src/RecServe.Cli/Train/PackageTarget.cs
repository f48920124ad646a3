using System.Globalization;

namespace RecServe.Cli.Train;

/// <summary>Where a package goes that nobody named a place for: <c>models/MODEL/N</c> below the working directory, which <c>recserve serve --models models</c> finds.</summary>
internal static class PackageTarget
{
    /// <summary>The directory after the highest numbered version of <paramref name="model"/>; version 1 where there is none.</summary>
    public static string Next(string model)
    {
        string versions = Path.Combine("models", model);
        int last = !Directory.Exists(versions) ? 0 : Directory.EnumerateFileSystemEntries(versions)
            .Select(entry => int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0)
            .DefaultIfEmpty().Max();
        return Path.Combine(versions, (last + 1).ToString(CultureInfo.InvariantCulture));
    }
}
