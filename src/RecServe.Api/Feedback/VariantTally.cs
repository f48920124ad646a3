using RecServe.Features;

namespace RecServe.Api.Feedback;

/// <summary>What happened under one variant of an experiment since the server started. Guarded by the <see cref="FeedbackStore"/> that owns it.</summary>
internal sealed class VariantTally(string experiment, string variant)
{
    private static readonly int Types = Enum.GetValues<InteractionType>().Length;

    private readonly long[] _events = new long[Types];
    private readonly double[] _values = new double[Types];

    /// <summary>Key of the experiment.</summary>
    public string Experiment { get; } = experiment;

    /// <summary>Key of the variant.</summary>
    public string Variant { get; } = variant;

    /// <summary>Rankings answered under the variant.</summary>
    public long Rankings { get; private set; }

    /// <summary>Items those rankings returned.</summary>
    public long Items { get; private set; }

    /// <summary>Events of one type.</summary>
    public long Events(InteractionType type) => _events[(int)type];

    /// <summary>Sum of the values of one type's events.</summary>
    public double Values(InteractionType type) => _values[(int)type];

    /// <summary>Counts a ranking.</summary>
    public void AddRanking(int items)
    {
        Rankings++;
        Items += items;
    }

    /// <summary>Counts an event.</summary>
    public void AddEvent(InteractionType type, double value)
    {
        _events[(int)type]++;
        _values[(int)type] += value;
    }

    /// <summary>A copy that no longer changes.</summary>
    public VariantTally Copy()
    {
        var copy = new VariantTally(Experiment, Variant) { Rankings = Rankings, Items = Items };
        _events.CopyTo(copy._events, 0);
        _values.CopyTo(copy._values, 0);
        return copy;
    }
}
