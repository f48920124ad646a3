using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>
/// Packing memory, kept per thread: a product allocates only the first time on a thread. Bounded by <see cref="GemmBlocking.BlockFloats"/>
/// and a panel of rounding, except for a strided column, which takes as many floats as it has.
/// </summary>
internal static class GemmScratch
{
    /// <summary>Floats in a cache line: vectors of packed memory never straddle one.</summary>
    public const int Alignment = 16;

    [ThreadStatic]
    private static float[]? t_rows;

    [ThreadStatic]
    private static float[]? t_panels;

    /// <summary>Packed rows of A for one tile.</summary>
    public static unsafe float* Rows(int floats) => Aligned(ref t_rows, floats);

    /// <summary>Packed panels of B for one block.</summary>
    public static unsafe float* Panels(int floats) => Aligned(ref t_panels, floats);

    /// <summary>Memory that the collector does not move; the floats start at <paramref name="start"/>, on a cache line.</summary>
    public static unsafe float[] Allocate(int floats, out int start)
    {
        float[] memory = GC.AllocateUninitializedArray<float>(floats + Alignment, pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        start = (int)((Alignment * sizeof(float) - address % (Alignment * sizeof(float))) % (Alignment * sizeof(float)) / sizeof(float));
        return memory;
    }

    private static unsafe float* Aligned(ref float[]? memory, int floats)
    {
        if (memory == null || memory.Length < floats + Alignment)
            memory = Allocate(floats, out _);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        const nuint Line = Alignment * sizeof(float);
        return (float*)((address + Line - 1) / Line * Line);
    }
}
