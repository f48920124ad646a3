using System.Globalization;

namespace RecServe.Features;

/// <summary>
/// A feature that is computed from events (<c>"from"</c> of a field), in text such as <c>item.clicks/24h</c>, <c>user*genres.ctr(1,20)/7d</c>, <c>user.last_clicks/20</c>
/// or <c>user.last_seen</c>. What each means at a moment stands in docs/formats/events.md.
/// </summary>
public sealed partial record DerivedFeature
{
    /// <summary>Whose events.</summary>
    public required EventScope Scope { get; init; }

    /// <summary>Item field whose first value is the category (<see cref="EventScope.UserCategory"/>); else empty.</summary>
    public string Category { get; init; } = "";

    /// <summary>What is said of them.</summary>
    public required EventMeasure Measure { get; init; }

    /// <summary>Type of the events (<see cref="EventMeasure.Count"/>, <see cref="EventMeasure.LastItems"/>).</summary>
    public InteractionType Type { get; init; }

    /// <summary>Window (<see cref="EventMeasure.Count"/>, <see cref="EventMeasure.ClickRate"/>); else null.</summary>
    public EventWindow? Window { get; init; }

    /// <summary>Items at most (<see cref="EventMeasure.LastItems"/>), 1 to <see cref="EventLimits.History"/>.</summary>
    public int Items { get; init; }

    /// <summary>Clicks that every rate starts with; default 0.</summary>
    public double PriorClicks { get; init; }

    /// <summary>Impressions that every rate starts with; default 0. Without them a rate has no value where nothing was shown.</summary>
    public double PriorImpressions { get; init; }

    /// <summary>Whether it is a list of items rather than a number.</summary>
    public bool IsList => Measure == EventMeasure.LastItems;

    /// <summary>The text that it is read from; equal features have equal texts.</summary>
    public override string ToString()
    {
        string scope = Scope switch { EventScope.User => "user", EventScope.Item => "item", _ => $"user*{Category}" };
        return Measure switch
        {
            EventMeasure.Count => $"{scope}.{InteractionNames.PluralOf(Type)}/{Window}",
            EventMeasure.ClickRate when PriorImpressions == 0 => $"{scope}.ctr/{Window}",
            EventMeasure.ClickRate => string.Create(CultureInfo.InvariantCulture, $"{scope}.ctr({PriorClicks},{PriorImpressions})/{Window}"),
            EventMeasure.LastItems => $"{scope}.{Last}{InteractionNames.PluralOf(Type)}/{Items}",
            _ => $"{scope}.{Seen}",
        };
    }
}
