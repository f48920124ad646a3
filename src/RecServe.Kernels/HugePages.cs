using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>Memory on pages of 2 MiB where the system gives them: random reads then look up few page entries. A hint that changes no result.</summary>
public static partial class HugePages
{
    private const nuint Page = 2 << 20;
    private const int AdviseHugePage = 14;

    /// <summary>Asks for huge pages below memory that nothing has touched yet, then touches all of it, so that no reader has to wait for the system.</summary>
    /// <param name="memory">The memory; zeroed.</param>
    public static unsafe void Touch(AlignedFloats memory)
    {
        Span<float> span = memory.Span;
        if (OperatingSystem.IsLinux() && (nuint)span.Length * sizeof(float) >= 2 * Page)
        {
            nuint start = ((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)) + Page - 1) & ~(Page - 1);
            nuint end = ((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)) + ((nuint)span.Length * sizeof(float))) & ~(Page - 1);
            _ = Advise((nint)start, end - start, AdviseHugePage);
        }

        span.Clear();
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint address, nuint length, int advice);
}
