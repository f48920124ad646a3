using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Examples;

/// <summary>
/// Row keys of items' categories: the first value of an item field, of the items file where that has the field, else of the item's last line in the data: what a package's
/// catalog of items holds.
/// </summary>
internal sealed class ItemCategories
{
    private readonly int[] _fields;
    private readonly FieldCell?[] _cells;
    private readonly FieldEncoder?[] _ids;
    private readonly ItemTable? _table;
    private readonly RecordReader _reader;
    private readonly Dictionary<ulong, ulong[]> _keys = [];
    private readonly ulong[] _none;

    /// <param name="categories">The item fields.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="fields">All fields, in model order: what the table's columns go by.</param>
    /// <param name="table">The items file, or null.</param>
    /// <param name="reader">The data.</param>
    /// <exception cref="DataFileException">Neither file has a field's column.</exception>
    public ItemCategories(IReadOnlyList<string> categories, DataSchema schema, IReadOnlyList<FieldSchema> fields, ItemTable? table, RecordReader reader)
    {
        (_table, _reader) = (table, reader);
        _none = new ulong[categories.Count];
        _fields = [.. categories.Select(category => fields.ToList().FindIndex(field => field.Name == category))];
        _cells = new FieldCell?[_fields.Length];
        _ids = new FieldEncoder?[_fields.Length];
        for (int i = 0; i < _fields.Length; i++)
        {
            FieldSchema field = fields[_fields[i]];
            if (field.Name == schema.Item)
                _ids[i] = new FieldEncoder(field);
            else if (table?[_fields[i]] is null)
                _cells[i] = new FieldCell(field, reader.IndexOf(field.Name) is var column and >= 0 ? column : throw new DataFileException(MissingColumn.Message(reader, field.Name, ", the category")));
        }
    }

    /// <summary>Takes note of the item of the line that the reader stands on; gives a complaint or null.</summary>
    /// <param name="item">Hash of the item.</param>
    /// <param name="id">Its id.</param>
    public string? Take(ulong item, ReadOnlySpan<byte> id)
    {
        if (_fields.Length == 0 || item == 0)
            return null;
        bool isNew = !_keys.TryGetValue(item, out ulong[]? keys);
        keys ??= _keys[item] = new ulong[_fields.Length];
        int row = isNew && _table is not null ? _table.Find(id) : -1;
        for (int i = 0; i < _fields.Length; i++)
        {
            if (_cells[i] is { } cell)
            {
                if (cell.Encode(_reader) is { } problem)
                    return problem;
                keys[i] = cell.Encoded.Keys[0];
            }
            else if (_ids[i] is { } encoder)
            {
                keys[i] = encoder.KeyOf(id);
            }
            else if (row >= 0)
            {
                EntryColumn column = _table![_fields[i]]!;
                keys[i] = column.Keys.Keys[column.NumbersOf(row)[0]];
            }
        }

        return null;
    }

    /// <summary>The categories of an item; zeros where they are not known.</summary>
    public ReadOnlySpan<ulong> Of(ulong item) => _keys.GetValueOrDefault(item, _none);
}
