namespace RecServe.Kernels;

/// <summary>A dense layer's weights, packed once for many products X·Wᵀ. Immutable and thread-safe.</summary>
public sealed class PackedMatrix
{
    private PackedMatrix(float[] panels, int outputs, int inputs)
    {
        Panels = panels;
        Outputs = outputs;
        Inputs = inputs;
    }

    /// <summary>Number of outputs: rows of W.</summary>
    public int Outputs { get; }

    /// <summary>Number of inputs: columns of W.</summary>
    public int Inputs { get; }

    internal float[] Panels { get; }

    /// <summary>Packs W.</summary>
    /// <param name="weights">W, row-major [outputs, inputs], rows <paramref name="stride"/> floats apart.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="stride">Floats from one row to the next; at least <paramref name="inputs"/>.</param>
    public static PackedMatrix Pack(ReadOnlySpan<float> weights, int outputs, int inputs, int stride)
    {
        float[] panels = new float[outputs * inputs];
        for (int o = 0; o < outputs; o++)
            weights.Slice(o * stride, inputs).CopyTo(panels.AsSpan(o * inputs));
        return new PackedMatrix(panels, outputs, inputs);
    }
}
