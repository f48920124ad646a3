namespace RecServe.Features.Tests.Events;

/// <summary>Features and generated streams that the tests of events share.</summary>
internal static class TestEvents
{
    public const long Start = 1_767_225_600_000, Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;

    /// <summary>Every scope, measure and window.</summary>
    public static IReadOnlyList<DerivedFeature> Features { get; } =
    [
        .. new[]
        {
            "item.clicks/1h", "item.impressions/1h", "item.clicks/24h", "item.ctr/24h", "item.ctr(1,20)/7d", "item.last_seen", "item.likes/7d",
            "user.clicks/1h", "user.clicks/7d", "user.ctr(0.5,10)/24h", "user.last_clicks/5", "user.last_impressions/100", "user.last_clicks/1", "user.last_seen",
            "user*genre.clicks/1h", "user*genre.ctr/24h", "user*genre.impressions/7d", "user*genre.last_seen",
        }.Select(text => Parse(text)),
    ];

    public static DerivedFeature Parse(string text)
    {
        Assert.Null(DerivedFeature.Parse(text, text.StartsWith("user.", StringComparison.Ordinal) ? FieldSide.User : FieldSide.Item, out DerivedFeature? feature));
        return feature!;
    }

    public static EventFeatures NewState(int entities = 100_000) => new(Features, entities);

    /// <summary>Category of an item: one of five, and none for every seventh item.</summary>
    public static ulong CategoryOf(ulong item) => item % 7 == 0 ? 0 : 1_000 + (item % 5);

    public static void Add(EventFeatures state, InteractionEvent interaction) => state.Add(interaction, [CategoryOf(interaction.Item)]);

    public static EventSubject SubjectOf(InteractionEvent interaction) => new(interaction.User, interaction.Item, CategoryOf(interaction.Item));

    /// <summary>A reading as the reference gives it: a number, a list, or null.</summary>
    public static object? Read(EventFeatures state, int feature, EventSubject subject, long time)
    {
        if (!state.Features[feature].IsList)
            return state.TryRead(feature, subject, time, out double value) ? value : null;
        ulong[] items = new ulong[EventLimits.History];
        return items[..state.ReadItems(feature, subject.User, time, items)];
    }

    /// <summary>
    /// Impressions and clicks of 30 days in the order in which they happened, with equal times, bursts and users who stay away for weeks.
    /// </summary>
    public static List<InteractionEvent> Generate(int count, int seed)
    {
        var random = new Random(seed);
        var events = new List<InteractionEvent>();
        long time = Start;
        for (int i = 0; events.Count < count; i++)
        {
            // Now and then nothing happens for hours; often several things happen in one millisecond.
            time += random.Next(100) == 0 ? random.NextInt64(12 * Hour) : random.Next(4) == 0 ? 0 : random.NextInt64(30L * Day / count);
            ulong user = 1 + (ulong)Math.Min(random.Next(60), random.Next(60)), item = 1 + (ulong)Math.Min(random.Next(80), random.Next(80));
            InteractionType type = random.Next(10) switch { < 6 => InteractionType.Impression, < 9 => InteractionType.Click, _ => InteractionType.Like };
            events.Add(new InteractionEvent((ulong)i + 1, user, item, type, time));
        }

        return events;
    }

    /// <summary>The events in an order in which they could have arrived: each at most so much later than it happened.</summary>
    public static List<InteractionEvent> Delayed(IEnumerable<InteractionEvent> events, long most, int seed)
    {
        var random = new Random(seed);
        return [.. events.Select(one => (Event: one, Arrival: one.Time + random.NextInt64(most + 1))).OrderBy(one => one.Arrival).Select(one => one.Event)];
    }
}
