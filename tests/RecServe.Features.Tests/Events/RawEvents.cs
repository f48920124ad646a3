namespace RecServe.Features.Tests.Events;

/// <summary>
/// The independent reference: every event that was accepted, as it came, and each feature computed by looking at all of the entity's events, from the words of
/// docs/formats/events.md. Slow and without state of its own.
/// </summary>
internal sealed class RawEvents
{
    private readonly Dictionary<ulong, List<(InteractionEvent Event, ulong Category)>> _byUser = [], _byItem = [];
    private long _newest = -1;

    public void Add(InteractionEvent interaction, ulong category)
    {
        _newest = Math.Max(_newest, interaction.Time);
        ListOf(_byUser, interaction.User).Add((interaction, category));
        ListOf(_byItem, interaction.Item).Add((interaction, category));
    }

    /// <summary>What a reading of all events gives: it is never before the newest of them.</summary>
    public object? ReadNow(DerivedFeature feature, EventSubject subject, long time) => Read(feature, subject, Math.Max(time, _newest + 1));

    /// <summary>The feature at a moment: a number (null for none) or a list.</summary>
    public object? Read(DerivedFeature feature, EventSubject subject, long time)
    {
        IEnumerable<InteractionEvent> events = (feature.Scope switch
        {
            EventScope.User => ListOf(_byUser, subject.User),
            EventScope.Item => ListOf(_byItem, subject.Item),
            _ => ListOf(_byUser, subject.User).Where(one => one.Category == subject.Category),
        }).Select(one => one.Event).Where(one => one.Time < time);
        if (feature.Scope == EventScope.UserCategory && subject.Category == 0)
            return null;
        switch (feature.Measure)
        {
            case EventMeasure.LastSeen:
                InteractionEvent[] seen = [.. events.Where(one => one.Time >= time - (30L * 86_400_000))];
                return seen.Length == 0 ? null : (double)((time - seen.Max(one => one.Time)) / 1000);
            case EventMeasure.LastItems:
                return events.Where(one => one.Type == feature.Type && one.Time >= time - (30L * 86_400_000))
                    .GroupBy(one => one.Item).Select(group => (Item: group.Key, Time: group.Max(one => one.Time)))
                    .OrderByDescending(one => one.Time).ThenBy(one => one.Item).Take(feature.Items).Select(one => one.Item).ToArray();
            default:
                (long slot, long slots) = feature.Window!.Name switch { "1h" => (60_000L, 60L), "24h" => (15 * 60_000L, 96L), _ => (3_600_000L, 168L) };
                long start = ((time / slot) - slots + 1) * slot;
                InteractionEvent[] within = [.. events.Where(one => one.Time >= start)];
                double Count(InteractionType type) => within.Count(one => one.Type == type);
                if (feature.Measure == EventMeasure.Count)
                    return Count(feature.Type);
                double shown = Count(InteractionType.Impression) + feature.PriorImpressions;
                return shown == 0 ? null : (Count(InteractionType.Click) + feature.PriorClicks) / shown;
        }
    }

    private static List<(InteractionEvent Event, ulong Category)> ListOf(Dictionary<ulong, List<(InteractionEvent, ulong)>> lists, ulong key) =>
        lists.TryGetValue(key, out var list) ? list : lists[key] = [];
}
