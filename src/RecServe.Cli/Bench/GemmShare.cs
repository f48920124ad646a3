using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Cli.Bench;

/// <summary>One dense layer's speed, for comparison with what the core can do at most.</summary>
/// <param name="Rows">Rows of the product.</param>
/// <param name="Inputs">Inputs of the layer.</param>
/// <param name="Outputs">Outputs of the layer.</param>
/// <param name="Gflops">Billions of floating-point operations a second, the best of several runs.</param>
/// <param name="PeakGflops">
/// The same of multiply-adds in registers, in runs as long as the product's, the best of as many. The host takes from longer runs what it need not take from shorter ones: of a millisecond 3 to 5 %, of a third of one nothing.
/// </param>
/// <param name="WeightGigabytes">Billions of bytes of weights read a second, which bounds a product with one row.</param>
/// <param name="ReadGigabytes">Billions of bytes a second of a loop that only reads as many as the weights are.</param>
/// <param name="Int16Ratio">How many times faster the same product is in 16-bit integers, rounding included; 0 where it is not used.</param>
internal sealed record GemmShare(int Rows, int Inputs, int Outputs, double Gflops, double PeakGflops, double WeightGigabytes, double ReadGigabytes, double Int16Ratio)
{
    private const int RunsOfTurn = 10;

    /// <summary>The product's share of <see cref="PeakGflops"/>.</summary>
    public double ShareOfPeak => Gflops / PeakGflops;

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

        // In turns of ten: what one product leaves in the caches is not what the other wants there.
        double best = double.MaxValue, bestRounded = double.MaxValue, bestRead = double.MaxValue, peak = 0;
        int turns = FusedMultiplyAddPeak.TurnsOf(Best(Multiply));
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin).TotalMilliseconds < 2_000)
        {
            best = Math.Min(best, Best(Multiply));
            for (int run = 0; run < RunsOfTurn; run++)
                peak = Math.Max(peak, FusedMultiplyAddPeak.Run(turns));
            bestRead = Math.Min(bestRead, Best(() => MemoryRead.Sum(weights.Span)));
            if (rounded is not null)
                bestRounded = Math.Min(bestRounded, Best(() => Int16Gemm.Linear(x.Span, inputs, rows, rounded, bias.Span, Activation.Relu, y.Span, outputs)));
        }

        return new GemmShare(rows, inputs, outputs, 2.0 * rows * inputs * outputs / best, peak, 4.0 * inputs * outputs / best, 4.0 * inputs * outputs / bestRead, rounded is null ? 0 : best / bestRounded);

        void Multiply() => Gemm.Linear(x.Span, inputs, rows, packed, bias.Span, Activation.Relu, y.Span, outputs);
    }

    private static double Best(Action product)
    {
        double best = double.MaxValue;
        for (int run = 0; run < RunsOfTurn; run++)
        {
            long start = Stopwatch.GetTimestamp();
            product();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return best;
    }
}
