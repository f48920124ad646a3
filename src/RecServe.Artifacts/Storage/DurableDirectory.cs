using System.Runtime.InteropServices;

namespace RecServe.Artifacts;

/// <summary>
/// Makes names durable: after a power cut a file that was fsynced is still lost if the directory entry that names it was not.
/// .NET opens no directories, so this calls the C library; Windows writes names through and needs nothing.
/// </summary>
public static class DurableDirectory
{
    private const int ReadOnly = 0;

    /// <summary>fsync of a directory.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        int handle = Open(directory, ReadOnly);
        if (handle < 0)
            throw new IOException($"cannot open directory {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        int result = FSync(handle);
        string reason = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(handle);
        if (result != 0)
            throw new IOException($"cannot fsync directory {directory}: {reason}");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
