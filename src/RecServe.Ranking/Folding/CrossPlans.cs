using System.Numerics;

namespace RecServe.Ranking;

/// <summary>The plans that a cross network has, and the choice among them by the number of candidates.</summary>
internal sealed class CrossPlans<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    /// <summary>Most numbers that a plan's shared part and the scratch memory to make it may take: 32 MiB of floats. Larger plans are not offered.</summary>
    public const long MostRequestNumbers = 8 << 20;

    public CrossPlans(CrossWeights<T, TWeights> weights)
    {
        Plain = new PlainPlan<T, TWeights>(weights);
        var all = new List<ICrossPlan<T>> { Plain };
        int most = weights.Dense is null ? weights.Depth - 1 : weights.Depth;
        for (int depth = 1; depth <= most; depth++)
        {
            if (Fits(weights, depth))
                all.Add(new PartialPlan<T, TWeights>(weights, depth));
        }

        if (Fits(weights, weights.Depth))
            all.Add(weights.Dense is null ? new CompleteHeadPlan<T, TWeights>(weights) : new CompleteDensePlan<T, TWeights>(weights));
        All = [.. all];
    }

    /// <summary>Every plan, the plain one first.</summary>
    public ICrossPlan<T>[] All { get; }

    /// <summary>The plain plan.</summary>
    public PlainPlan<T, TWeights> Plain { get; }

    /// <summary>Microseconds of a request by a plan.</summary>
    /// <param name="plan">One of <see cref="All"/>.</param>
    /// <param name="count">Number of candidates.</param>
    /// <param name="uses">Requests that one shared part serves; infinity where it is at hand.</param>
    public static double Microseconds(ICrossPlan<T> plan, int count, double uses = 1)
    {
        int whole = count / RowPass.Rows, rest = count % RowPass.Rows;
        double time = (ScoringCosts.Measured.Microseconds(plan.ShareWork) / uses) + ScoringCosts.Measured.Microseconds(plan.RowWork(rest));
        return whole == 0 ? time : time + (whole * ScoringCosts.Measured.Microseconds(plan.RowWork(RowPass.Rows)));
    }

    /// <summary>Index of the cheapest plan for so many candidates; the earlier of equals.</summary>
    /// <param name="count">Number of candidates.</param>
    /// <param name="uses">Requests that one shared part serves.</param>
    public int Choose(int count, double uses)
    {
        int best = 0;
        double least = Microseconds(All[0], count, uses);
        for (int i = 1; i < All.Length; i++)
        {
            double time = Microseconds(All[i], count, uses);
            if (time < least)
                (best, least) = (i, time);
        }

        return best;
    }

    // In whole numbers before anything is allocated: a package may name layers of any width.
    private static bool Fits(CrossWeights<T, TWeights> weights, int depth)
    {
        long columns = (long)depth * weights.Items, widest = Math.Max(weights.Width, weights.Outputs);
        return ((1 + columns) * (weights.Width + 16) * 2) + ((columns + 64) * (widest + 64)) <= MostRequestNumbers;
    }
}
