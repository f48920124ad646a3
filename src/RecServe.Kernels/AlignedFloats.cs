using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>Floats that begin on a cache line (64 bytes) and that the collector does not move; the content starts undefined.</summary>
public sealed class AlignedFloats
{
    private readonly float[] _memory;
    private readonly int _start;

    /// <summary>Allocates.</summary>
    /// <param name="length">Number of floats, at least 0.</param>
    public AlignedFloats(int length)
    {
        Length = length;
        _memory = GemmScratch.Allocate(length, out _start);
    }

    /// <summary>Number of floats.</summary>
    public int Length { get; }

    /// <summary>The floats.</summary>
    public Span<float> Span => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_memory), _start), Length);
}
