using RecServe.FeatureStore;
using RecServe.Features;

namespace RecServe.Api.Rank;

/// <summary>
/// What the feature store knows of a request's user, context and candidates: one look-up for all of them, not made for entities of which it knows none. Reused between requests;
/// not thread-safe.
/// </summary>
internal sealed class StoredFeatures
{
    private const int None = -1;

    private readonly FeatureLookup _lookup = new();
    private readonly int[] _unusable = new int[3], _fieldAt = new int[64];
    private int _user = None, _context = None, _items = None;

    /// <summary>Bytes of the buffers.</summary>
    public long Bytes => _lookup.Bytes;

    /// <summary>The user's row; null if there is none.</summary>
    public FeatureRow? User => _user == None ? null : _lookup.Row(_user);

    /// <summary>The context's row: that of the id which the request's context gives; null if there is none.</summary>
    public FeatureRow? Context => _context == None ? null : _lookup.Row(_context);

    /// <summary>Whether a candidate has a row.</summary>
    public bool HasItems { get; private set; }

    /// <summary>Name of a tier that could not be asked; null if all went well.</summary>
    public string? Fault => _lookup.Fault;

    /// <summary>The row of a candidate; null if there is none.</summary>
    /// <param name="place">Its place among the candidates that are ranked.</param>
    public FeatureRow? Item(int place) => _items == None ? null : _lookup.Row(_items + place);

    /// <summary>Looks up everything that a request names.</summary>
    public void Find(IFeatureStore store, RankRequest request, ReadOnlySpan<int> candidates)
    {
        _lookup.Clear();
        Array.Clear(_unusable);
        Array.Fill(_fieldAt, None);
        _user = _context = _items = None;
        HasItems = false;
        if (request.UserId.IsPresent && store.Count(FieldSide.User) > 0)
            _user = _lookup.Add(FieldSide.User, request.Utf8(request.UserId));
        if (store.Count(FieldSide.Context) > 0 && ContextId(request) is { IsPresent: true } id)
            _context = _lookup.Add(FieldSide.Context, request.Utf8(id));
        if (store.Count(FieldSide.Item) > 0)
        {
            _items = _lookup.Count;
            foreach (int candidate in candidates)
                _lookup.Add(FieldSide.Item, request.Utf8(request.Items[candidate].Id));
        }

        if (_lookup.Count == 0)
            return;
        store.Find(_lookup);
        HasItems = _lookup.Found > (User is null ? 0 : 1) + (Context is null ? 0 : 1);
    }

    /// <summary>Field of the feature that stands at a place of its row, or −1. Rows of one kind nearly always name the same features, and comparing a name costs less than looking it up.</summary>
    public int FieldOf(int position, ReadOnlySpan<byte> name, FeatureExtractor extractor)
    {
        if (position >= _fieldAt.Length)
            return extractor.FieldOf(name);
        int before = _fieldAt[position];
        if (before != None && name.SequenceEqual(extractor.NameOf(before)))
            return before;
        int field = extractor.FieldOf(name);
        _fieldAt[position] = field;
        return field;
    }

    /// <summary>Counts a stored value that does not suit the model's field.</summary>
    public void CountUnusable(FieldSide entity) => _unusable[(int)entity]++;

    /// <summary>What was found of an entity, what was not, and how many values could not be used.</summary>
    public (int Found, int Absent, int Unusable) CountsOf(FieldSide entity)
    {
        int found = 0, asked = 0;
        for (int i = 0; i < _lookup.Count; i++)
        {
            if (_lookup.Entity(i) != entity)
                continue;
            asked++;
            found += _lookup.Row(i) is null ? 0 : 1;
        }

        return (found, asked - found, _unusable[(int)entity]);
    }

    private static TextSlice ContextId(RankRequest request)
    {
        foreach (FeatureValue feature in request.FeaturesOf(request.ContextFeatures))
        {
            if (feature.Kind == FeatureValueKind.Text && request.Utf8(feature.Name).SequenceEqual("id"u8))
                return feature.Text;
        }

        return TextSlice.Absent;
    }
}
