namespace RecServe.Features;

/// <summary>Goes through events in the order in which they happened, so that features can be read as they were at any moment. Moments are asked for in ascending order.</summary>
/// <param name="state">The state, without events.</param>
/// <param name="events">Every event that is counted, in any order.</param>
/// <param name="categoriesOf">The categories of an item, as <see cref="EventFeatures.Add"/> takes them.</param>
public sealed class PointInTime(EventFeatures state, IEnumerable<InteractionEvent> events, PointInTime.ItemCategories categoriesOf)
{
    /// <summary>Gives the categories of an item.</summary>
    /// <param name="item"><see cref="RowKey.Hash64"/> of its id.</param>
    public delegate ReadOnlySpan<ulong> ItemCategories(ulong item);

    private readonly InteractionEvent[] _events = [.. events.OrderBy(interaction => interaction.Time)];
    private int _next;

    /// <summary>What is known at the moment that was asked for last.</summary>
    public EventFeatures State => state;

    /// <summary>Makes the state that of a moment: every event that happened before it is known, none that happened at it or later.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is before one that was asked for already.</exception>
    public void AdvanceTo(long time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, state.Newest);
        for (; _next < _events.Length && _events[_next].Time < time; _next++)
            state.Add(_events[_next], categoriesOf(_events[_next].Item));
    }
}
