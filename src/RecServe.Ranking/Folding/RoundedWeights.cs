using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Weights in single precision, and those of upper layers in 16-bit integers where that is faster: for scores that may differ by less than 1e-3, because kept parts are rounded already.</summary>
internal readonly struct RoundedWeights(FloatWeights exact, Int16Matrix? rounded) : IWeights<float, RoundedWeights>
{
    public int Outputs => rounded?.Outputs ?? exact.Outputs;

    public int Inputs => rounded?.Inputs ?? exact.Inputs;

    public static RoundedWeights Pack(ReadOnlySpan<float> weights, int outputs, int inputs, int stride) => new(FloatWeights.Pack(weights, outputs, inputs, stride), null);

    public static RoundedWeights PackUpper(ReadOnlySpan<float> weights, int outputs, int inputs) => Round(weights, outputs, inputs) is { } rounded
        ? new RoundedWeights(default, rounded)
        : Pack(weights, outputs, inputs, inputs);

    /// <summary>Weights in 16-bit integers; null where they are not faster, or cannot be rounded.</summary>
    public static Int16Matrix? Round(ReadOnlySpan<float> weights, int outputs, int inputs) =>
        Int16Gemm.IsFast && ScoringCosts.Measured.RoundingPays(outputs, inputs) ? Int16Matrix.Pack(weights, outputs, inputs) : null;

    public static int PanelLength(int outputs, int inputs) => FloatWeights.PanelLength(outputs, inputs);

    public static void PackPanels(ReadOnlySpan<float> columns, int stride, int outputs, int inputs, Span<float> panels) =>
        FloatWeights.PackPanels(columns, stride, outputs, inputs, panels);

    public static void Apply(ReadOnlySpan<float> panels, int outputs, int inputs, ReadOnlySpan<float> x, int xStride, int rows,
        ReadOnlySpan<float> bias, Activation activation, Span<float> y, int yStride, bool accumulate = false) =>
        FloatWeights.Apply(panels, outputs, inputs, x, xStride, rows, bias, activation, y, yStride, accumulate);

    public void Apply(ReadOnlySpan<float> x, int xStride, int rows, ReadOnlySpan<float> bias, Activation activation, Span<float> y, int yStride,
        bool accumulate = false)
    {
        if (rounded is null)
            exact.Apply(x, xStride, rows, bias, activation, y, yStride, accumulate);
        else if (accumulate)
            throw new NotSupportedException("layers above the first do not add to what is there");
        else
            Int16Gemm.Linear(x, xStride, rows, rounded, bias, activation, y, yStride);
    }
}
