using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Weights in single precision, by the kernels.</summary>
internal readonly struct FloatWeights(PackedMatrix matrix) : IWeights<float, FloatWeights>
{
    public int Outputs => matrix.Outputs;

    public int Inputs => matrix.Inputs;

    public static FloatWeights Pack(ReadOnlySpan<float> weights, int outputs, int inputs, int stride) =>
        new(PackedMatrix.Pack(weights, outputs, inputs, stride));

    public static int PanelLength(int outputs, int inputs) => PackedPanels.Length(outputs, inputs);

    public static void PackPanels(ReadOnlySpan<float> columns, int stride, int outputs, int inputs, Span<float> panels) =>
        PackedPanels.Pack(columns, stride, outputs, inputs, panels);

    public static void Apply(ReadOnlySpan<float> panels, int outputs, int inputs, ReadOnlySpan<float> x, int xStride, int rows,
        ReadOnlySpan<float> bias, Activation activation, Span<float> y, int yStride, bool accumulate = false) =>
        Gemm.Linear(x, xStride, rows, new PackedPanels(panels, outputs, inputs), bias, activation, y, yStride, accumulate);

    public void Apply(ReadOnlySpan<float> x, int xStride, int rows, ReadOnlySpan<float> bias, Activation activation, Span<float> y, int yStride,
        bool accumulate = false) => Gemm.Linear(x, xStride, rows, matrix, bias, activation, y, yStride, accumulate);
}
