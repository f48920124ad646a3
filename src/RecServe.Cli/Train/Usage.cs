using RecServe.Artifacts;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Cli.Train;

/// <summary>Turns a library's complaint about a value from the command line into a usage error.</summary>
internal static class Usage
{
    /// <summary>Runs <paramref name="read"/>.</summary>
    /// <exception cref="UsageException">It refused the value.</exception>
    public static T Of<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception refusal) when (refusal is TrainingException or DataFileException)
        {
            throw new UsageException(refusal.Message);
        }
    }

    /// <summary>Gives <paramref name="value"/> if it is within its range.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public static int InRange(string option, int value, int low, int high) =>
        value >= low && value <= high ? value : throw new UsageException($"{option} must be from {low} to {high}, not {value}");

    /// <summary>Refuses a package directory that exists and is not empty or that cannot be made, before any work is spent on it.</summary>
    public static void RequireFreePackage(string directory)
    {
        if (File.Exists(directory) || (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()))
            throw new PackageException($"{directory}: exists and is not empty; a package is never overwritten");
        string folder = Path.GetFullPath(directory);
        while (!Path.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        try
        {
            // Only trying tells whether something can be written there: rights, a full or read-only disk, a file in the way.
            Directory.Delete(Directory.CreateDirectory(Path.Combine(folder, $".recserve-{Environment.ProcessId}")).FullName);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new PackageException($"{directory}: the package cannot be written: {(File.Exists(folder) ? $"{folder} is a file" : refusal.Message)}");
        }
    }
}
