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

    public void Add(double microseconds) => _times.Add(microseconds);

    public void Compare(ReadOnlySpan<float> reference, ReadOnlySpan<float> scores)
    {
        for (int i = 0; i < reference.Length; i++)
            MaxDifference = Math.Max(MaxDifference, Math.Abs(reference[i] - scores[i]) / Math.Max(1, Math.Abs(reference[i])));
    }

    public void Add(ScoreSide other)
    {
        _times.AddRange(other._times);
        MaxDifference = Math.Max(MaxDifference, other.MaxDifference);
    }

    private double Sorted(int index)
    {
        _times.Sort();
        return _times[index];
    }
}
