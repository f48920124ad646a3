namespace RecServe.Embeddings.Tests.Store;

/// <summary>A test on a file system of a few MiB; skipped where the user may not mount one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly bool Mounts = TryMount();

    public SmallDiskFactAttribute()
    {
        if (!Mounts)
            Skip = "mounting a tmpfs needs root on Linux";
    }

    private static bool TryMount()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return false;
        try
        {
            using var disk = new SmallDisk(1);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
