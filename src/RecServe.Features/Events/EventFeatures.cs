namespace RecServe.Features;

/// <summary>
/// Features derived from events, the same code online and offline. What is read depends on the events that were added and the time of reading alone: not on the order in
/// which they were added. A reading is never before the newest event: an earlier time counts as the millisecond after it.
/// </summary>
/// <remarks>
/// Adding is O(1) amortised where events come about in order. A reading allocates nothing. Of an entity there is room for at most 448 slots (64 + 128 + 256) of 4 bytes and 4 a counted type, and 16 bytes for each
/// item of a history; of the three scopes, at most <c>entities</c> each. Not thread-safe.
/// </remarks>
public sealed partial class EventFeatures
{
    private readonly Reading[] _readings;
    private readonly EntityTable _users, _items;
    private readonly EntityTable[] _pairs;
    private readonly int _entities;

    /// <summary>Makes the state for features, without events.</summary>
    /// <param name="features">What will be read.</param>
    /// <param name="entities">Users, items, and pairs of user and category for each category field, at most; the events of further ones are not counted.</param>
    public EventFeatures(IEnumerable<DerivedFeature> features, int entities)
    {
        _entities = entities;
        Features = [.. features.DistinctBy(feature => feature.ToString()).OrderBy(feature => feature.ToString(), StringComparer.Ordinal)];
        Categories = [.. Features.Where(feature => feature.Scope == EventScope.UserCategory).Select(feature => feature.Category).Distinct()];
        _users = Table(feature => feature.Scope == EventScope.User);
        _items = Table(feature => feature.Scope == EventScope.Item);
        _pairs = [.. Categories.Select(category => Table(feature => feature.Scope == EventScope.UserCategory && feature.Category == category))];
        _readings = [.. Features.Select(feature => new Reading(feature, TableOf(feature)))];
    }

    /// <summary>What can be read, by text; the index of a feature is what readings ask for.</summary>
    public IReadOnlyList<DerivedFeature> Features { get; }

    /// <summary>The item fields whose values are categories, in the order in which <see cref="Add"/> takes them.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>Time of the newest event, Unix milliseconds; −1 without events.</summary>
    public long Newest { get; private set; } = -1;

    /// <summary>Users, items and pairs that something is known of.</summary>
    public int Entities => Tables.Sum(table => table.Entities.Count);

    /// <summary>Times that an event was not counted because there were as many users, items or pairs as are allowed.</summary>
    public long Untaken => Tables.Sum(table => table.Untaken);

    private IEnumerable<EntityTable> Tables => [_users, _items, .. _pairs];

    /// <summary>Index of a feature in <see cref="Features"/>, or −1.</summary>
    public int IndexOf(DerivedFeature feature)
    {
        string text = feature.ToString();
        for (int i = 0; i < Features.Count; i++)
        {
            if (Features[i].ToString() == text)
                return i;
        }

        return -1;
    }

    /// <summary>Takes note of an event that was admitted (<see cref="EventAdmission"/>).</summary>
    /// <param name="interaction">The event.</param>
    /// <param name="categories">Row key of the item's category for each of <see cref="Categories"/>; 0 for none.</param>
    public void Add(in InteractionEvent interaction, ReadOnlySpan<ulong> categories)
    {
        Newest = Math.Max(Newest, interaction.Time);
        if (interaction.User != 0 && !_users.Plan.IsEmpty)
            _users.Add(interaction.User, interaction, Newest);
        if (interaction.Item != 0 && !_items.Plan.IsEmpty)
            _items.Add(interaction.Item, interaction, Newest);
        for (int i = 0; i < _pairs.Length; i++)
        {
            if (interaction.User != 0 && categories[i] != 0)
                _pairs[i].Add(new UInt128(interaction.User, categories[i]), interaction, Newest);
        }
    }

    private EntityTable Table(Func<DerivedFeature, bool> isOf) => new(new EntityPlan([.. Features.Where(isOf)]), _entities);

    private EntityTable TableOf(DerivedFeature feature) => feature.Scope switch
    {
        EventScope.User => _users,
        EventScope.Item => _items,
        _ => _pairs[((List<string>)[.. Categories]).IndexOf(feature.Category)],
    };
}
