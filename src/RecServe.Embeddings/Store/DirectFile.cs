using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RecServe.Embeddings;

/// <summary>Opens files, past the page cache if asked. .NET has no option for that, so the call is the system's own.</summary>
internal static partial class DirectFile
{
    private const int ReadWrite = 2, Create = 0x40, CloseOnExec = 0x80000;

    // The one flag of open(2) whose value depends on the processor.
    private static readonly int Direct = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>Opens a file for reading and writing.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="direct">Whether to pass by the page cache.</param>
    /// <param name="create">Whether it is made if absent.</param>
    public static SafeFileHandle Open(string path, bool direct, bool create)
    {
        if (!create && !File.Exists(path))
            throw new FileNotFoundException($"{path} is gone", path);
        if (!direct)
            return File.OpenHandle(path, create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        int descriptor = OpenDescriptor(path, ReadWrite | Create | CloseOnExec | Direct, 420 /* rw-r--r-- */);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"{path} cannot be opened past the page cache: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    /// <summary>Whether a directory's file system takes writes past the page cache, and the bytes that places and lengths must be multiples of: 512 or 4,096, and 512 where it does not.</summary>
    /// <param name="directory">Where the files are going to be.</param>
    /// <param name="must">Whether it is an error if it does not.</param>
    /// <exception cref="RowStoreException">It does not, and must.</exception>
    public static (bool Takes, uint Alignment) TakesWrites(string directory, bool must)
    {
        try
        {
            return (true, Alignment(directory));
        }
        catch (RowStoreException) when (!must)
        {
            return (false, 512);
        }
    }

    private static unsafe uint Alignment(string directory)
    {
        if (!OperatingSystem.IsLinux())
            throw new RowStoreException("direct I/O is supported on Linux alone");
        string probe = Path.Combine(directory, "direct-io.probe");
        void* memory = NativeMemory.AlignedAlloc(4096, 4096);
        try
        {
            new Span<byte>(memory, 4096).Clear();
            using SafeFileHandle file = Open(probe, direct: true, create: true);
            foreach (int size in (int[])[512, 4096])
            {
                try
                {
                    RandomAccess.Write(file, new ReadOnlySpan<byte>(memory, size), 0);
                    return (uint)size;
                }
                catch (Exception e) when (e is IOException or ArgumentException)
                {
                    // EINVAL: the device wants larger blocks.
                }
            }

            throw new RowStoreException($"{directory} does not take direct I/O in blocks of up to 4,096 bytes");
        }
        catch (IOException e) when (e is not RowStoreException)
        {
            throw new RowStoreException($"{directory} does not support direct I/O: {e.Message}", e);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
            File.Delete(probe);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags, int mode);
}
