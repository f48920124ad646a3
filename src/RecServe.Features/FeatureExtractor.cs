using System.Text;

namespace RecServe.Features;

/// <summary>
/// What a model needs to turn a request into a <see cref="FeatureBatch"/>: which field a name means, how its values are encoded, and the
/// stored values of known items and users. The caller adds the request's own values and then completes each sample; what the request
/// gives overrides what is stored. Immutable and thread-safe.
/// </summary>
public sealed class FeatureExtractor
{
    private readonly Dictionary<ulong, int> _fields = [];
    private readonly byte[][] _names;
    private readonly EntityColumn?[] _stored;
    private readonly FieldEncoder[] _encoders;
    private readonly bool[] _isItem;
    private readonly int[] _userFields, _itemFields;

    /// <summary>Makes one.</summary>
    /// <param name="schema">The schema the model was trained with.</param>
    /// <param name="encoders">One encoder a field, in model order (<see cref="ModelOrder"/>).</param>
    /// <param name="items">Known items, or null.</param>
    /// <param name="users">Known users, or null.</param>
    /// <exception cref="ArgumentException">The encoders are not those of the schema's fields in model order, or a catalog column names no field of its side.</exception>
    public FeatureExtractor(DataSchema schema, IReadOnlyList<FieldEncoder> encoders, EntityCatalog? items, EntityCatalog? users)
    {
        IReadOnlyList<FieldSchema> order = ModelOrder.Of(schema);
        if (!order.Select(field => field.Name).SequenceEqual(encoders.Select(encoder => encoder.Field.Name)))
            throw new ArgumentException($"the encoders must be, in model order, {string.Join(", ", order.Select(field => field.Name))}", nameof(encoders));
        Schema = schema;
        _encoders = [.. encoders];
        _isItem = [.. encoders.Select(encoder => encoder.Field.Side == FieldSide.Item)];
        _userFields = [.. Enumerable.Range(0, encoders.Count).Where(field => !_isItem[field])];
        _itemFields = [.. Enumerable.Range(0, encoders.Count).Where(field => _isItem[field])];
        Items = items;
        Users = users;
        _stored = new EntityColumn?[encoders.Count];
        _names = [.. encoders.Select(encoder => Encoding.UTF8.GetBytes(encoder.Field.Name))];
        for (int field = 0; field < _names.Length; field++)
            _fields.Add(RowKey.Hash64(_names[field]), field);
        Store(items, item: true);
        Store(users, item: false);
        UserIdField = schema.User is null ? -1 : FieldOf(Encoding.UTF8.GetBytes(schema.User));
        ItemIdField = schema.Item is null ? -1 : FieldOf(Encoding.UTF8.GetBytes(schema.Item));
    }

    /// <summary>The schema the model was trained with.</summary>
    public DataSchema Schema { get; }

    /// <summary>One encoder a field, in model order.</summary>
    public IReadOnlyList<FieldEncoder> Encoders => _encoders;

    /// <summary>The fields that have one sample a candidate.</summary>
    public ReadOnlySpan<int> ItemFields => _itemFields;

    /// <summary>Known items, or null.</summary>
    public EntityCatalog? Items { get; }

    /// <summary>Known users, or null.</summary>
    public EntityCatalog? Users { get; }

    /// <summary>Field whose value is the user's id, or −1.</summary>
    public int UserIdField { get; }

    /// <summary>Field whose value is the item's id, or −1.</summary>
    public int ItemIdField { get; }

    /// <summary>Whether a field has one sample a candidate (true) or one a request (user and context fields).</summary>
    public bool IsItem(int field) => _isItem[field];

    /// <summary>Name of a field in UTF-8.</summary>
    public ReadOnlySpan<byte> NameOf(int field) => _names[field];

    /// <summary>Field of a name in UTF-8, or −1.</summary>
    public int FieldOf(ReadOnlySpan<byte> name) =>
        _fields.TryGetValue(RowKey.Hash64(name), out int field) && name.SequenceEqual(_names[field]) ? field : -1;

    /// <summary>
    /// Closes the open sample of every field of one side. A field the request did not give (<paramref name="given"/>[field] false) gets the
    /// id where it is the id field, else the stored value of <paramref name="row"/>, else the missing row.
    /// </summary>
    /// <param name="item">The item side (one candidate), or the user and context side.</param>
    /// <param name="id">The entity's id in UTF-8; empty for none.</param>
    /// <param name="row">The entity's row in its catalog, or −1.</param>
    /// <param name="given">One flag a field: its values (perhaps none, for an explicit null) are already in the open sample.</param>
    /// <param name="batch">The batch being built.</param>
    public void Complete(bool item, ReadOnlySpan<byte> id, int row, ReadOnlySpan<bool> given, FeatureBatch batch)
    {
        int idField = item ? ItemIdField : UserIdField;
        foreach (int field in item ? _itemFields : _userFields)
        {
            FeatureColumn column = batch[field];
            if (!given[field])
            {
                if (field == idField && !id.IsEmpty)
                    _encoders[field].Encode(id, column);
                else if (row >= 0)
                    _stored[field]?.CopyTo(row, column);
            }

            column.EndSample();
        }
    }

    /// <summary>Adds a closed sample of one field, not an id field, for each of many entities: what <see cref="Complete"/> does where nothing is given.</summary>
    /// <param name="field">The field.</param>
    /// <param name="rows">Rows of the entities in the catalog of the field's side, −1 for unknown ones.</param>
    /// <param name="column">The field's column of the batch being built.</param>
    public void AddStored(int field, ReadOnlySpan<int> rows, FeatureColumn column)
    {
        if (_stored[field] is { } stored)
            stored.CopyTo(rows, column);
        else
            column.AddSingles(rows.Length).Clear(); // RowKey.Missing is 0
    }

    private void Store(EntityCatalog? catalog, bool item)
    {
        foreach (EntityColumn column in catalog?.Columns ?? [])
        {
            if ((uint)column.Field >= (uint)_stored.Length || IsItem(column.Field) != item)
                throw new ArgumentException($"the {(item ? "item" : "user")} catalog has a column for field {column.Field}, which is none of its side");
            _stored[column.Field] = column;
        }
    }
}
