using RecServe.Kernels;

namespace RecServe.Ranking.Tests;

/// <summary>Weights in double precision, by plain loops.</summary>
internal readonly struct DoubleWeights(double[] values, int outputs, int inputs) : IWeights<double, DoubleWeights>
{
    public int Outputs => outputs;

    public int Inputs => inputs;

    public static DoubleWeights Pack(ReadOnlySpan<double> weights, int outputs, int inputs, int stride)
    {
        var values = new double[outputs * inputs];
        for (int o = 0; o < outputs && inputs > 0; o++)
            weights.Slice(o * stride, inputs).CopyTo(values.AsSpan(o * inputs));
        return new DoubleWeights(values, outputs, inputs);
    }

    public static int PanelLength(int outputs, int inputs) => outputs * inputs;

    public static void PackPanels(ReadOnlySpan<double> columns, int stride, int outputs, int inputs, Span<double> panels)
    {
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
                panels[(o * inputs) + i] = columns[(i * stride) + o];
        }
    }

    public static void Apply(ReadOnlySpan<double> panels, int outputs, int inputs, ReadOnlySpan<double> x, int xStride, int rows,
        ReadOnlySpan<double> bias, Activation activation, Span<double> y, int yStride, bool accumulate = false)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int o = 0; o < outputs; o++)
            {
                double sum = (bias.IsEmpty ? 0 : bias[o]) + (accumulate ? y[(r * yStride) + o] : 0);
                for (int i = 0; i < inputs; i++)
                    sum += x[(r * xStride) + i] * panels[(o * inputs) + i];
                y[(r * yStride) + o] = activation == Activation.Relu ? Math.Max(0, sum) : sum;
            }
        }
    }

    public void Apply(ReadOnlySpan<double> x, int xStride, int rows, ReadOnlySpan<double> bias, Activation activation, Span<double> y, int yStride,
        bool accumulate = false) => Apply(values, outputs, inputs, x, xStride, rows, bias, activation, y, yStride, accumulate);
}
