using System.Diagnostics.CodeAnalysis;

namespace RecServe.Kernels;

/// <summary>
/// A dense layer's weights packed like <see cref="PackedMatrix"/>, in the caller's memory: for weights that are computed anew for a request.
/// Memory that begins on a cache line (64 bytes) is read fastest; any other works.
/// </summary>
public readonly ref struct PackedPanels
{
    /// <summary>Takes memory that <see cref="Pack(ReadOnlySpan{float}, int, int, int, Span{float})"/> has filled.</summary>
    /// <param name="memory">At least <see cref="Length(int, int)"/> floats.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="inputs">Number of inputs.</param>
    /// <exception cref="ArgumentException">The memory is too short.</exception>
    public PackedPanels(ReadOnlySpan<float> memory, int outputs, int inputs)
        : this(memory, outputs, inputs, KernelSelection.Current)
    {
    }

    internal PackedPanels(ReadOnlySpan<float> memory, int outputs, int inputs, GemmKernel kernel)
    {
        MatrixBounds.CheckVector(memory.Length, Length(outputs, inputs, kernel), nameof(memory));
        Panels = memory;
        Outputs = outputs;
        Inputs = inputs;
        Kernel = kernel;
    }

    /// <summary>Number of outputs.</summary>
    public int Outputs { get; }

    /// <summary>Number of inputs.</summary>
    public int Inputs { get; }

    internal ReadOnlySpan<float> Panels { get; }

    internal GemmKernel Kernel { get; }

    /// <summary>Floats of the packed form.</summary>
    /// <param name="outputs">Number of outputs; at least 0.</param>
    /// <param name="inputs">Number of inputs; at least 0.</param>
    /// <exception cref="ArgumentException">They are more than one array holds.</exception>
    public static int Length(int outputs, int inputs) => Length(outputs, inputs, KernelSelection.Current);

    /// <summary>Packs the transpose of the weights: column o of <paramref name="columns"/> holds the weights of output o.</summary>
    /// <param name="columns">[inputs, outputs], rows <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">Floats from one input's row to the next; at least <paramref name="outputs"/>.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="memory">Takes <see cref="Length(int, int)"/> floats.</param>
    /// <exception cref="ArgumentException">A span is shorter than the sizes say.</exception>
    public static void Pack(ReadOnlySpan<float> columns, int stride, int outputs, int inputs, Span<float> memory) =>
        Pack(columns, stride, outputs, inputs, memory, KernelSelection.Current);

    internal static unsafe void Pack(ReadOnlySpan<float> columns, int stride, int outputs, int inputs, Span<float> memory, GemmKernel kernel)
    {
        MatrixBounds.Check(columns.Length, inputs, outputs, stride, nameof(columns));
        MatrixBounds.CheckVector(memory.Length, Length(outputs, inputs, kernel), nameof(memory));
        if (outputs == 1)
        {
            for (int i = 0; i < inputs; i++)
                memory[i] = columns[i * stride];
            return;
        }

        fixed (float* from = columns, to = memory)
            PanelPacking.PackB(kernel, false, from, stride, 0, inputs, 0, outputs, to);
    }

    internal static int Length(int outputs, int inputs, GemmKernel kernel)
    {
        long floats = outputs == 1 ? inputs : (long)PanelPacking.PaddedColumns(kernel, outputs) * inputs;
        if (floats > Array.MaxLength)
            Throw_TooLarge(outputs, inputs);
        return (int)floats;
    }

    [DoesNotReturn]
    private static void Throw_TooLarge(int outputs, int inputs) =>
        throw new ArgumentException($"a layer of {outputs} × {inputs} weights is more than one array holds ({Array.MaxLength} floats)");
}
