namespace RecServe.Cli.Bench;

/// <summary>One contender's times and scores.</summary>
internal sealed class ScoreSide(string name)
{
    private readonly List<double> _times = [];

    /// <summary>What it is called.</summary>
    public string Name { get; } = name;

    /// <summary>Microseconds of a request: half of them took no longer.</summary>
    public double Median => Sorted(_times.Count / 2);

    /// <summary>Microseconds of the fastest request: what it takes when nothing else gets in between.</summary>
    public double Least => Sorted(0);

    /// <summary>Largest difference of a score from the reference's, in units of 1 or of the score where that is larger.</summary>
    public double MaxDifference { get; private set; }

    /// <summary>Smallest rank correlation of a request's distinct items with the reference's (Spearman, ties aside).</summary>
    public double RankCorrelation { get; private set; } = 1;

    /// <summary>How near its scores are: 1e-5 or kept parts in 16 bits.</summary>
    public string Class => Name switch { "onnxruntime" or "onnxruntime_folded" => "peer", "plain" => "reference", "items_kept" or "both_kept" => "kept", _ => "exact" };

    public void Add(double microseconds) => _times.Add(microseconds);

    public void Compare(ReadOnlySpan<float> reference, ReadOnlySpan<float> scores)
    {
        for (int i = 0; i < reference.Length; i++)
            MaxDifference = Math.Max(MaxDifference, Math.Abs(reference[i] - scores[i]) / Math.Max(1, Math.Abs(reference[i])));
    }

    /// <summary>1 − 6·Σ d² / (n³ − n) over the differences d of the ranks.</summary>
    public void CompareRanks(ReadOnlySpan<float> reference, ReadOnlySpan<float> scores)
    {
        int n = reference.Length;
        if (n < 2)
            return;
        int[] expected = Ranks(reference), actual = Ranks(scores);
        double squares = 0;
        for (int i = 0; i < n; i++)
            squares += Math.Pow(expected[i] - actual[i], 2);
        RankCorrelation = Math.Min(RankCorrelation, 1 - (6 * squares / (Math.Pow(n, 3) - n)));
    }

    public void Add(ScoreSide other)
    {
        _times.AddRange(other._times);
        MaxDifference = Math.Max(MaxDifference, other.MaxDifference);
        RankCorrelation = Math.Min(RankCorrelation, other.RankCorrelation);
    }

    private static int[] Ranks(ReadOnlySpan<float> scores)
    {
        float[] keys = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, keys.Length)], ranks = new int[keys.Length];
        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        for (int rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank;
        return ranks;
    }

    private double Sorted(int index)
    {
        _times.Sort();
        return _times[index];
    }
}
