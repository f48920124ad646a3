namespace RecServe.Artifacts;

/// <summary>The file operations of a package write; tests replace them to fail or stop at a chosen byte.</summary>
internal class PackageFiles
{
    public static PackageFiles OnDisk { get; } = new();

    /// <summary>A new file; the caller writes, calls <see cref="Sync"/> and disposes.</summary>
    public virtual Stream Create(string path) => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);

    public virtual void Sync(Stream stream)
    {
        stream.Flush();
        (stream as FileStream)?.Flush(flushToDisk: true);
    }

    /// <summary>Makes a finished directory appear under its name, at once and as a whole.</summary>
    public virtual void Publish(string temporary, string target)
    {
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: false);
        Directory.Move(temporary, target);
    }
}
