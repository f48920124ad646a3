using System.Diagnostics;
using RecServe.Artifacts;
using RecServe.Ranking;
using RecServe.Training.Data;

namespace RecServe.Cli.Bench.Experts;

/// <summary>The dense and the sparse model score the same requests of real users and items in turn, on one thread.</summary>
internal sealed class ScoringDuel(ModelPackage dense, ModelPackage sparse, Dataset samples, int candidates, ulong seed)
{
    /// <summary>Measures; a fifth of the time goes by before anything counts, since methods are compiled again after their first calls.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="times">Takes the microseconds of each pair, dense before sparse.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Rows that each sparse expert was asked for a candidate, layer by layer; warm-up included.</returns>
    public double[] Run(double seconds, PairedFigures times, CancellationToken cancellation)
    {
        var random = new Random((int)seed);
        var first = new ScoredRequests(dense, samples, candidates);
        var second = new ScoredRequests(sparse, samples, candidates);
        int[] items = new int[candidates];
        long begin = Stopwatch.GetTimestamp();
        double Elapsed() => Stopwatch.GetElapsedTime(begin).TotalSeconds;
        for (int round = 0; round < 4 || Elapsed() < seconds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            int user = random.Next(samples.Samples);
            for (int i = 0; i < items.Length; i++)
                items[i] = random.Next(samples.Samples);
            first.Gather(user, items);
            second.Gather(user, items);

            // Who goes first alternates: the second finds the caches as the first left them.
            double a = round % 2 == 0 ? first.Score() : 0, b = second.Score();
            a = round % 2 == 0 ? a : first.Score();
            if (round == 3 || Elapsed() > seconds / 5)
                times.Add(a, b);
        }

        var loads = (IExpertLoads)second.Scorer;
        return [.. loads.ExpertRows.Select(rows => (double)rows / loads.LayerRows)];
    }
}
