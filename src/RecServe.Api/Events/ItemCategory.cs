using RecServe.Features;

namespace RecServe.Api.Events;

/// <summary>The category of items as one version of a model has it: the first value of an item field in the package's catalog.</summary>
internal sealed class ItemCategory
{
    private readonly EntityCatalog? _items;
    private readonly EntityColumn? _column;
    private readonly FieldEncoder? _id;

    private ItemCategory(EntityCatalog? items, EntityColumn? column, FieldEncoder? id) => (_items, _column, _id) = (items, column, id);

    /// <summary>The category of a field of a model; null where the model has no such item field.</summary>
    public static ItemCategory? Of(FeatureExtractor extractor, string field)
    {
        int index = extractor.FieldOf(System.Text.Encoding.UTF8.GetBytes(field));
        if (index < 0 || !extractor.IsItem(index))
            return null;
        return index == extractor.ItemIdField
            ? new ItemCategory(null, null, extractor.Encoders[index])
            : new ItemCategory(extractor.Items, extractor.Items?.Columns.FirstOrDefault(column => column.Field == index), null);
    }

    /// <summary>Row key of an item's category; 0 where it has none or is not known.</summary>
    /// <param name="item"><see cref="RowKey.Hash64"/> of the item's id.</param>
    public ulong Of(ulong item) => _id is not null ? _id.KeyOfHash(item) : _items is null ? 0 : OfRow(_items.FindHash(item));

    /// <summary>The same where the item's row in the catalog is known.</summary>
    public ulong Of(ulong item, int row) => _id is not null ? _id.KeyOfHash(item) : OfRow(row);

    private ulong OfRow(int row) => row < 0 || _column is null || _column.Offsets[row] == _column.Offsets[row + 1] ? 0 : _column.Keys[_column.Offsets[row]];
}
