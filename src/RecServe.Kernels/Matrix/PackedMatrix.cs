using System.Diagnostics.CodeAnalysis;

namespace RecServe.Kernels;

/// <summary>A dense layer's weights, packed once for many products X·Wᵀ. Immutable and thread-safe.</summary>
public sealed class PackedMatrix
{
    private readonly float[] _memory;
    private readonly int _start;

    private PackedMatrix(GemmKernel kernel, int outputs, int inputs)
    {
        Kernel = kernel;
        Outputs = outputs;
        Inputs = inputs;
        long floats = outputs == 1 ? inputs : (long)PanelPacking.PaddedColumns(kernel, outputs) * inputs;
        if (floats > Array.MaxLength - GemmScratch.Alignment)
            Throw_TooLarge(outputs, inputs);
        _memory = GemmScratch.Allocate((int)floats, out _start);
    }

    /// <summary>Number of outputs: rows of W.</summary>
    public int Outputs { get; }

    /// <summary>Number of inputs: columns of W.</summary>
    public int Inputs { get; }

    internal GemmKernel Kernel { get; }

    /// <summary>Panels of <see cref="GemmKernel.PanelWidth"/> outputs, each input by input; the row itself where there is one output.</summary>
    internal ReadOnlySpan<float> Panels => _memory.AsSpan(_start);

    /// <summary>Packs W.</summary>
    /// <param name="weights">W, row-major [outputs, inputs], rows <paramref name="stride"/> floats apart.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="stride">Floats from one row to the next; at least <paramref name="inputs"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="weights"/> is shorter than the sizes say.</exception>
    public static PackedMatrix Pack(ReadOnlySpan<float> weights, int outputs, int inputs, int stride) =>
        Pack(weights, outputs, inputs, stride, KernelSelection.Current);

    internal static unsafe PackedMatrix Pack(ReadOnlySpan<float> weights, int outputs, int inputs, int stride, GemmKernel kernel)
    {
        MatrixBounds.Check(weights.Length, outputs, inputs, stride, nameof(weights));
        var packed = new PackedMatrix(kernel, outputs, inputs);
        if (outputs == 1)
        {
            weights[..inputs].CopyTo(packed._memory.AsSpan(packed._start));
            return packed;
        }

        fixed (float* w = weights, panels = &packed._memory[packed._start])
            PanelPacking.PackB(kernel, true, w, stride, 0, inputs, 0, outputs, panels);
        return packed;
    }

    [DoesNotReturn]
    private static void Throw_TooLarge(int outputs, int inputs) =>
        throw new ArgumentException($"a layer of {outputs} × {inputs} weights is more than one array holds ({Array.MaxLength} floats)");
}
