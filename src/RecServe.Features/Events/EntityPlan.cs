namespace RecServe.Features;

/// <summary>What has to be kept of each entity of one scope, for the features that are asked for.</summary>
internal sealed class EntityPlan
{
    private readonly bool _isSeen;

    /// <summary>Makes a plan.</summary>
    /// <param name="features">The features of the scope.</param>
    public EntityPlan(IReadOnlyList<DerivedFeature> features)
    {
        IsEmpty = features.Count == 0;
        Windows = [.. EventWindow.All.Where(window => features.Any(feature => feature.Window == window))];
        Counted = [.. features.SelectMany(TypesOf).Distinct().Order()];
        Lists = [.. features.Where(feature => feature.IsList).GroupBy(feature => feature.Type).OrderBy(group => group.Key).Select(group => (group.Key, group.Max(feature => feature.Items)))];
        _isSeen = features.Any(feature => feature.Measure == EventMeasure.LastSeen);
        KeepMs = _isSeen || Lists.Count > 0 ? EventLimits.HistoryMs : Windows.Select(window => window.LengthMs).DefaultIfEmpty().Max();
    }

    /// <summary>Whether nothing is asked of the scope.</summary>
    public bool IsEmpty { get; }

    /// <summary>Windows that are counted.</summary>
    public IReadOnlyList<EventWindow> Windows { get; }

    /// <summary>Types that are counted in every window.</summary>
    public IReadOnlyList<InteractionType> Counted { get; }

    /// <summary>Types of which the last items are kept, and how many.</summary>
    public IReadOnlyList<(InteractionType Type, int Items)> Lists { get; }

    /// <summary>How long an entity without events can still matter, in milliseconds.</summary>
    public long KeepMs { get; }

    /// <summary>Whether a reading from now on can see anything of an entity: the earliest is a millisecond after the newest event of all.</summary>
    public bool Matters(EntityEvents events, long newest) => events.Newest >= newest + 1 - KeepMs;

    /// <summary>Place of a type among those that are counted, or −1.</summary>
    public int CounterOf(InteractionType type) => IndexOf(Counted, type);

    /// <summary>Place of a window among those that are counted.</summary>
    public int RingOf(EventWindow window) => IndexOf(Windows, window);

    /// <summary>Place of a type's list, or −1.</summary>
    public int ListOf(InteractionType type)
    {
        for (int i = 0; i < Lists.Count; i++)
        {
            if (Lists[i].Type == type)
                return i;
        }

        return -1;
    }

    /// <summary>Whether an event of a type changes anything: the last time seen goes by all of them.</summary>
    public bool Uses(InteractionType type) => _isSeen || CounterOf(type) >= 0 || ListOf(type) >= 0;

    /// <summary>An entity of which nothing is known.</summary>
    public EntityEvents Create() => new(
        [.. Windows.Select(window => new SlotRing(window.Slots, Counted.Count))],
        [.. Lists.Select(list => new RecentItems(list.Items))]);

    private static IEnumerable<InteractionType> TypesOf(DerivedFeature feature) => feature.Measure switch
    {
        EventMeasure.Count => [feature.Type],
        EventMeasure.ClickRate => [InteractionType.Click, InteractionType.Impression],
        _ => [],
    };

    private static int IndexOf<T>(IReadOnlyList<T> list, T value)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (EqualityComparer<T>.Default.Equals(list[i], value))
                return i;
        }

        return -1;
    }
}
