using System.Runtime.InteropServices;

namespace RecServe.Features;

/// <summary>
/// The entities of one scope. One whose events are all too old to matter is forgotten, one look at two entities with each event, so that the number held follows the
/// number that is active; beyond <paramref name="capacity"/> new ones are not taken.
/// </summary>
/// <param name="plan">What is kept of each.</param>
/// <param name="capacity">Entities at most.</param>
internal sealed class EntityTable(EntityPlan plan, int capacity)
{
    private const int LooksPerEvent = 2;

    private readonly Dictionary<UInt128, int> _places = [];
    private readonly List<(UInt128 Key, EntityEvents Events)> _entities = [];
    private int _look;

    /// <summary>What is kept of each.</summary>
    public EntityPlan Plan => plan;

    /// <summary>Entities held, in no order.</summary>
    public IReadOnlyList<(UInt128 Key, EntityEvents Events)> Entities => _entities;

    /// <summary>Events of entities that were not taken because the table was full.</summary>
    public long Untaken { get; private set; }

    /// <summary>An entity, or null.</summary>
    public EntityEvents? Find(UInt128 key) => _places.TryGetValue(key, out int place) ? _entities[place].Events : null;

    /// <summary>Takes note of an event.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="interaction">The event.</param>
    /// <param name="newest">Time of the newest event of all.</param>
    public void Add(UInt128 key, in InteractionEvent interaction, long newest)
    {
        for (int i = 0; i < LooksPerEvent; i++)
            ForgetNext(newest);
        if (!plan.Uses(interaction.Type) || interaction.Time < newest + 1 - plan.KeepMs || Take(key) is not { } events)
            return;
        events.Newest = Math.Max(events.Newest, interaction.Time);
        if (plan.CounterOf(interaction.Type) is var counter and >= 0)
        {
            for (int ring = 0; ring < events.Rings.Length; ring++)
                events.Rings[ring].Add(plan.Windows[ring].SlotOf(interaction.Time), counter);
        }

        if (plan.ListOf(interaction.Type) is var list and >= 0 && interaction.Item != 0)
            events.Lists[list].Add(interaction.Time, interaction.Item);
    }

    /// <summary>An entity, made where there is none; null where there is no room.</summary>
    public EntityEvents? Take(UInt128 key)
    {
        ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, key, out bool exists);
        if (exists)
            return _entities[place].Events;
        if (_entities.Count == capacity)
        {
            _places.Remove(key);
            Untaken++;
            return null;
        }

        place = _entities.Count;
        EntityEvents events = plan.Create();
        _entities.Add((key, events));
        return events;
    }

    private void ForgetNext(long newest)
    {
        if (_look >= _entities.Count)
            _look = 0;
        if (_entities.Count == 0)
            return;
        (UInt128 key, EntityEvents events) = _entities[_look];
        if (plan.Matters(events, newest))
        {
            _look++;
            return;
        }

        _places.Remove(key);
        (UInt128 Key, EntityEvents Events) last = _entities[^1];
        _entities.RemoveAt(_entities.Count - 1);
        if (_look == _entities.Count)
            return;
        _entities[_look] = last;
        _places[last.Key] = _look;
    }
}
