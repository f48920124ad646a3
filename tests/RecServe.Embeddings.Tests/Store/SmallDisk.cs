using System.Diagnostics;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>A file system of so many MiB that can be made larger.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(int mebibytes) => Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", Directory);

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("recserve-small-").FullName;

    public void Grow(int mebibytes) => Run("mount", "-o", $"remount,size={mebibytes}m", Directory);

    public void Dispose()
    {
        Run("umount", Directory);
        System.IO.Directory.Delete(Directory);
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }
}
