using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Cli.Bench;

/// <summary>One dense layer's speed, for comparison with what the core can do at most.</summary>
/// <param name="Rows">Rows of the product.</param>
/// <param name="Inputs">Inputs of the layer.</param>
/// <param name="Outputs">Outputs of the layer.</param>
/// <param name="Gflops">Billions of floating-point operations a second, the best of several runs.</param>
/// <param name="WeightGigabytes">Billions of bytes of weights read a second, which bounds a product with one row.</param>
/// <param name="Int16Ratio">How many times faster the same product is in 16-bit integers, rounding included; 0 where it is not used.</param>
internal sealed record GemmShare(int Rows, int Inputs, int Outputs, double Gflops, double WeightGigabytes, double Int16Ratio)
{
    public static GemmShare Measure(int rows, int inputs, int outputs)
    {
        var random = new Random(1);
        AlignedFloats Draw(int count)
        {
            var floats = new AlignedFloats(count);
            foreach (ref float value in floats.Span)
                value = random.NextSingle() - 0.5f;
            return floats;
        }

        AlignedFloats x = Draw(rows * inputs), weights = Draw(outputs * inputs), bias = Draw(outputs), y = Draw(rows * outputs);
        PackedMatrix packed = PackedMatrix.Pack(weights.Span, outputs, inputs, inputs);
        Int16Matrix? rounded = Int16Gemm.IsFast ? Int16Matrix.Pack(weights.Span, outputs, inputs) : null;
        double best = double.MaxValue, bestRounded = double.MaxValue;
        long begin = Stopwatch.GetTimestamp();
        for (int run = 0; run < 20 || Stopwatch.GetElapsedTime(begin).TotalMilliseconds < 300; run++)
        {
            long start = Stopwatch.GetTimestamp();
            Gemm.Linear(x.Span, inputs, rows, packed, bias.Span, Activation.Relu, y.Span, outputs);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            if (rounded is null)
                continue;
            start = Stopwatch.GetTimestamp();
            Int16Gemm.Linear(x.Span, inputs, rows, rounded, bias.Span, Activation.Relu, y.Span, outputs);
            bestRounded = Math.Min(bestRounded, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return new GemmShare(rows, inputs, outputs, 2.0 * rows * inputs * outputs / best, 4.0 * inputs * outputs / best, rounded is null ? 0 : best / bestRounded);
    }
}
