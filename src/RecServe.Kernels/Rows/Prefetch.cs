using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace RecServe.Kernels;

/// <summary>Asks for memory ahead of its use; a hint that changes no result and is dropped where the machine has none.</summary>
public static unsafe class Prefetch
{
    /// <summary>Bytes of a memory line.</summary>
    public const int Line = 64;

    /// <summary>Asks for the line at <paramref name="address"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Asks for every line of <paramref name="bytes"/> bytes; with <paramref name="aligned"/> they never straddle more lines than they fill.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* address, nint bytes, bool aligned)
    {
        Read(address);
        for (nint offset = Line; offset < bytes; offset += Line)
            Read(address + offset);
        if (!aligned)
            Read(address + bytes - 1);
    }

    /// <summary>Asks for every line of a span.</summary>
    /// <typeparam name="T">An element.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<T>(ReadOnlySpan<T> span)
        where T : unmanaged
    {
        if (span.IsEmpty)
            return;

        // An address that the collector makes stale meanwhile asks for the wrong line, nothing more.
        Read((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)), (nint)span.Length * sizeof(T), aligned: false);
    }
}
