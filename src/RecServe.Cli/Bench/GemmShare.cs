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
/// <param name="HighestGflops">The same in the best third of a millisecond, of three times as many runs, which take as long together.</param>
/// <param name="WeightGigabytes">Billions of bytes of weights read a second, which bounds a product with one row.</param>
/// <param name="ReadGigabytes">Billions of bytes a second of a loop that only reads as many as the weights are.</param>
/// <param name="Int16Ratio">How many times faster the same product is in 16-bit integers, rounding included; 0 where it is not used.</param>
internal sealed record GemmShare(int Rows, int Inputs, int Outputs, double Gflops, double PeakGflops, double HighestGflops, double WeightGigabytes, double ReadGigabytes, double Int16Ratio)
{
    private const int RunsOfTurn = 10, ShortRunsOfTurn = 3 * RunsOfTurn;

    /// <summary>The product's share of <see cref="PeakGflops"/>.</summary>
    public double ShareOfPeak => Gflops / PeakGflops;

    /// <summary>Measures a layer.</summary>
    /// <param name="rows">Rows of the product.</param>
    /// <param name="inputs">Inputs of the layer.</param>
    /// <param name="outputs">Outputs of the layer.</param>
    /// <param name="seconds">How long; at least one turn. A shared core is rarely left alone for a whole millisecond: in 2 seconds the best product was 2 to 5 % slower than in 15, the best third of a millisecond as fast.</param>
    public static GemmShare Measure(int rows, int inputs, int outputs, int seconds)
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
        double best = double.MaxValue, bestRounded = double.MaxValue, bestRead = double.MaxValue, peak = 0, highest = 0;
        int turns = FusedMultiplyAddPeak.TurnsOf(Best(Multiply)), shortTurns = FusedMultiplyAddPeak.TurnsOf(FusedMultiplyAddPeak.Short);
        long begin = Stopwatch.GetTimestamp();
        do
        {
            best = Math.Min(best, Best(Multiply));
            for (int run = 0; run < RunsOfTurn; run++)
                peak = Math.Max(peak, FusedMultiplyAddPeak.Run(turns));
            for (int run = 0; run < ShortRunsOfTurn; run++)
                highest = Math.Max(highest, FusedMultiplyAddPeak.Run(shortTurns));
            bestRead = Math.Min(bestRead, Best(() => MemoryRead.Sum(weights.Span)));
            if (rounded is not null)
                bestRounded = Math.Min(bestRounded, Best(() => Int16Gemm.Linear(x.Span, inputs, rows, rounded, bias.Span, Activation.Relu, y.Span, outputs)));
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);

        return new GemmShare(rows, inputs, outputs, 2.0 * rows * inputs * outputs / best, peak, highest, 4.0 * inputs * outputs / best, 4.0 * inputs * outputs / bestRead, rounded is null ? 0 : best / bestRounded);

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
