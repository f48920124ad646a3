using System.Numerics;

namespace RecServe.Ranking;

/// <summary>The plans that a cross network has, and the choice among them by the number of candidates.</summary>
internal sealed class CrossPlans<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    /// <summary>Most numbers that a plan's shared part and the scratch memory to make it may take: 32 MiB of floats. Larger plans are not offered.</summary>
    public const long MostRequestNumbers = 8 << 20;

    /// <summary>The plans of full cross matrices.</summary>
    public CrossPlans(CrossWeights<T, TWeights> weights)
    {
        Plain = new PlainPlan<T, TWeights>(weights);
        All = List(weights.Depth, weights.Dense is null, depth => Fits(weights, depth), depth => new PartialPlan<T, TWeights>(weights, depth),
            () => weights.Dense is null ? new CompleteHeadPlan<T, TWeights>(weights)
                : new CompleteDensePlan<T, TWeights>(new CrossFold<T, TWeights>(weights, weights.Depth), weights.Dense));
    }

    /// <summary>The plans of low-rank experts.</summary>
    public CrossPlans(MixtureWeights<T, TWeights> weights)
    {
        Plain = new MixturePlainPlan<T, TWeights>(weights);
        All = List(weights.Depth, weights.Dense is null, depth => Fits(weights, depth), depth => new MixturePartialPlan<T, TWeights>(weights, depth),
            () => weights.Dense is null ? new MixtureHeadPlan<T, TWeights>(weights)
                : new CompleteDensePlan<T, TWeights>(new MixtureFold<T, TWeights>(weights, weights.Depth), weights.Dense));
    }

    /// <summary>Every plan, the plain one first.</summary>
    public ICrossPlan<T>[] All { get; }

    /// <summary>The plain plan.</summary>
    public IPlainPlan<T> Plain { get; }

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

    // Under a head, what the last layer does to the user's block is only ever summed up: no plan unfolds it.
    private ICrossPlan<T>[] List(int layers, bool head, Func<int, bool> fits, Func<int, ICrossPlan<T>> partial, Func<ICrossPlan<T>> complete)
    {
        var all = new List<ICrossPlan<T>> { Plain };
        all.AddRange(Enumerable.Range(1, head ? layers - 1 : layers).Where(fits).Select(partial));
        if (fits(layers))
            all.Add(complete());
        return [.. all];
    }

    // B of all layers, then A or what a dense layer makes of it, twice: turned and packed.
    private static bool Fits(MixtureWeights<T, TWeights> weights, int depth)
    {
        long columns = (long)depth * weights.Units, signals = weights.Signals + 64, widest = Math.Max(weights.Width, Math.Max(weights.Signals, weights.Outputs)) + 64;
        return ((columns + 64) * ((depth * signals / 2) + signals + (3 * widest))) <= MostRequestNumbers;
    }

    // In whole numbers before anything is allocated: a package may name layers of any width.
    private static bool Fits(CrossWeights<T, TWeights> weights, int depth)
    {
        long columns = (long)depth * weights.Items, widest = Math.Max(weights.Width, weights.Outputs);
        return ((1 + columns) * (weights.Width + 16) * 2) + ((columns + 64) * (widest + 64)) <= MostRequestNumbers;
    }
}
