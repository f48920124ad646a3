using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RecServe.Embeddings;

/// <summary>
/// Reads that the system answers from its page cache at once, or not at all. Such a read takes a core a microsecond or two; handed to a thread that waits for the disk it takes two thread switches more,
/// each as long again. .NET has no option for that, so the call is the system's own.
/// </summary>
internal sealed unsafe partial class CachedRead
{
    // preadv2(2), Linux 4.14: a read that would have to wait is not begun.
    private const int NoWait = 8;

    // What a file system that knows no such reads (tmpfs), or a sandbox that lets none through, answers.
    private const int InvalidArgument = 22, NoSuchCall = 38, NotSupported = 95;

    private volatile bool _isKnown = OperatingSystem.IsLinux();

    /// <summary>Reads a part of a file if the page cache has all of it.</summary>
    /// <param name="file">Of the one file system that this object reads from.</param>
    /// <param name="bytes">Receives the part.</param>
    /// <param name="offset">Where in the file it begins.</param>
    /// <returns>False if it has not, or nobody can say: the bytes are undefined then.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public bool Try(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        if (!_isKnown)
            return false;
        try
        {
            fixed (byte* first = bytes)
            {
                var part = new Part(first, (nuint)bytes.Length);
                nint read = Read(file, &part, 1, offset, NoWait);
                if (read < 0 && Marshal.GetLastPInvokeError() is InvalidArgument or NoSuchCall or NotSupported)
                    _isKnown = false;
                return read == bytes.Length;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return _isKnown = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(SafeFileHandle file, Part* parts, int count, long offset, int flags);

    /// <summary>A place in memory, as iovec(3) has it.</summary>
    private readonly struct Part(byte* start, nuint bytes)
    {
        public readonly byte* Start = start;
        public readonly nuint Bytes = bytes;
    }
}
