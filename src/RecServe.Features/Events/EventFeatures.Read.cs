namespace RecServe.Features;

public sealed partial class EventFeatures
{
    /// <summary>Reads a number.</summary>
    /// <param name="feature">Index in <see cref="Features"/>, of one that is no list.</param>
    /// <param name="subject">Whom it is read for.</param>
    /// <param name="time">When, Unix milliseconds: events before it count.</param>
    /// <param name="value">The number.</param>
    /// <returns>False where there is none: a user, item or category that is not given, a rate without impressions, somebody who was never seen.</returns>
    public bool TryRead(int feature, in EventSubject subject, long time, out double value)
    {
        value = 0;
        Reading reading = _readings[feature];
        if (!TryKey(reading.Feature.Scope, subject, out UInt128 key))
            return false;
        EntityEvents? events = reading.Table.Find(key);
        time = Math.Max(time, Newest + 1);
        switch (reading.Feature.Measure)
        {
            case EventMeasure.Count:
                value = events is null ? 0 : events.Rings[reading.Ring].Read(reading.Feature.Window!.SlotOf(time), reading.Counter);
                return true;
            case EventMeasure.ClickRate:
                int slot = reading.Feature.Window!.SlotOf(time);
                double clicks = reading.Feature.PriorClicks, impressions = reading.Feature.PriorImpressions;
                if (events is not null)
                {
                    clicks += events.Rings[reading.Ring].Read(slot, reading.Counter);
                    impressions += events.Rings[reading.Ring].Read(slot, reading.Impressions);
                }

                value = impressions > 0 ? clicks / impressions : 0;
                return impressions > 0;
            default:
                if (events is null || events.Newest < time - EventLimits.HistoryMs)
                    return false;
                value = (time - events.Newest) / 1000;
                return true;
        }
    }

    /// <summary>Reads a list of items, newest first.</summary>
    /// <param name="feature">Index in <see cref="Features"/>, of a list.</param>
    /// <param name="user"><see cref="RowKey.Hash64"/> of the user's id.</param>
    /// <param name="time">When, Unix milliseconds: events before it count.</param>
    /// <param name="items">Takes <see cref="RowKey.Hash64"/> of the items' ids; room for as many as the feature has at most.</param>
    /// <returns>How many there are.</returns>
    public int ReadItems(int feature, ulong user, long time, Span<ulong> items)
    {
        Reading reading = _readings[feature];
        if (user == 0 || reading.Table.Find(user) is not { } events)
            return 0;
        long oldest = Math.Max(time, Newest + 1) - EventLimits.HistoryMs;
        RecentItems list = events.Lists[reading.List];
        int count = 0;
        while (count < Math.Min(list.Count, reading.Feature.Items) && list.TimeAt(count) >= oldest)
            items[count] = list.ItemAt(count++);
        return count;
    }

    private static bool TryKey(EventScope scope, in EventSubject subject, out UInt128 key)
    {
        key = scope switch
        {
            EventScope.User => subject.User,
            EventScope.Item => subject.Item,
            _ => subject.User == 0 || subject.Category == 0 ? 0 : new UInt128(subject.User, subject.Category),
        };
        return key != 0;
    }

    /// <summary>Where a feature is found in its table.</summary>
    private readonly struct Reading(DerivedFeature feature, EntityTable table)
    {
        public DerivedFeature Feature { get; } = feature;

        public EntityTable Table { get; } = table;

        public int Ring { get; } = feature.Window is { } window ? table.Plan.RingOf(window) : -1;

        public int Counter { get; } = table.Plan.CounterOf(feature.Measure == EventMeasure.ClickRate ? InteractionType.Click : feature.Type);

        public int Impressions { get; } = table.Plan.CounterOf(InteractionType.Impression);

        public int List { get; } = table.Plan.ListOf(feature.Type);
    }
}
