using System.Text;

namespace RecServe.Features.Tests;

public class FeatureExtractorTests
{
    private static readonly DataSchema Schema = new()
    {
        Name = "shop",
        LabelColumn = "click",
        User = "user",
        Item = "item",
        Fields =
        [
            Field("item", FieldSide.Item), Field("user", FieldSide.User), Field("price", FieldSide.Item), Field("hour", FieldSide.Context),
        ],
    };

    // Model order: user, hour, item, price.
    private readonly FeatureExtractor _extractor = new(
        Schema,
        [.. ModelOrder.Of(Schema).Select(field => new FieldEncoder(field))],
        new EntityCatalog("i1i2"u8.ToArray(), [0, 2, 4], [new EntityColumn(2, [101, 102], [1, 1], [0, 1, 2]), new EntityColumn(3, [31], [1], [0, 1, 1])]),
        null);

    [Fact]
    public void FieldOf_names_in_model_order()
    {
        Assert.Equal(0, _extractor.FieldOf("user"u8));
        Assert.Equal(1, _extractor.FieldOf("hour"u8));
        Assert.Equal(2, _extractor.FieldOf("item"u8));
        Assert.Equal(3, _extractor.FieldOf("price"u8));
        Assert.Equal(-1, _extractor.FieldOf("Price"u8));
        Assert.Equal(0, _extractor.UserIdField);
        Assert.Equal(2, _extractor.ItemIdField);
        Assert.Equal([false, false, true, true], Enumerable.Range(0, 4).Select(_extractor.IsItem));
    }

    [Fact]
    public void UserIdField_schema_without_such_a_field_is_minus_1()
    {
        DataSchema schema = Schema with { User = null, Item = "sku" };
        var extractor = new FeatureExtractor(schema, [.. ModelOrder.Of(schema).Select(field => new FieldEncoder(field))], null, null);
        Assert.Equal(-1, extractor.UserIdField);
        Assert.Equal(-1, extractor.ItemIdField);
    }

    [Fact]
    public void Complete_known_item_takes_the_id_and_the_stored_values()
    {
        var batch = new FeatureBatch(4);
        _extractor.Complete(item: true, "i1"u8, 0, new bool[4], batch);
        Assert.Equal([RowKey.Of("i1")], batch[2].Keys.ToArray());
        Assert.Equal([31UL], batch[3].Keys.ToArray());
        Assert.Equal(0, batch[0].Samples);
        Assert.Equal(0, batch[1].Samples);
    }

    [Fact]
    public void Complete_given_values_override_stored_ones_even_when_they_are_null()
    {
        var batch = new FeatureBatch(4);
        _extractor.Encoders[3].Encode("7"u8, batch[3]);
        _extractor.Complete(item: true, "i1"u8, 0, [false, false, false, true], batch);
        _extractor.Complete(item: true, "i1"u8, 0, [false, false, false, true], batch);
        Assert.Equal([RowKey.Of("7"), RowKey.Missing], batch[3].Keys.ToArray());
        Assert.Equal(2, batch[2].Samples);
    }

    [Fact]
    public void Complete_unknown_item_has_its_id_and_else_the_missing_row()
    {
        var batch = new FeatureBatch(4);
        _extractor.Complete(item: true, "new"u8, -1, new bool[4], batch);
        Assert.Equal([RowKey.Of("new")], batch[2].Keys.ToArray());
        Assert.Equal([RowKey.Missing], batch[3].Keys.ToArray());
    }

    [Fact]
    public void Complete_no_user_leaves_the_missing_row()
    {
        var batch = new FeatureBatch(4);
        _extractor.Complete(item: false, ""u8, -1, new bool[4], batch);
        Assert.Equal([RowKey.Missing], batch[0].Keys.ToArray());
        Assert.Equal([RowKey.Missing], batch[1].Keys.ToArray());
    }

    [Fact]
    public void AddStored_many_items_equals_completing_each()
    {
        FeatureBatch batch = new(4), expected = new(4);
        int[] rows = [1, -1, 0, 0];
        Assert.Equal([2, 3], _extractor.ItemFields.ToArray());
        foreach (int field in _extractor.ItemFields)
            _extractor.AddStored(field, rows, batch[field]);
        foreach (int row in rows)
            _extractor.Complete(item: true, ""u8, row, new bool[4], expected);
        foreach (int field in _extractor.ItemFields)
        {
            Assert.Equal(expected[field].Keys.ToArray(), batch[field].Keys.ToArray());
            Assert.Equal(expected[field].Offsets.ToArray(), batch[field].Offsets.ToArray());
        }
    }

    [Fact]
    public void AddStored_field_without_stored_values_is_missing_everywhere()
    {
        var batch = new FeatureBatch(4);
        new FeatureExtractor(Schema, _extractor.Encoders, null, null).AddStored(3, [-1, -1], batch[3]);
        Assert.Equal([RowKey.Missing, RowKey.Missing], batch[3].Keys.ToArray());
        Assert.Equal(2, batch[3].Samples);
    }

    [Fact]
    public void Constructor_encoders_in_schema_order_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new FeatureExtractor(Schema, [.. Schema.Fields.Select(field => new FieldEncoder(field))], null, null));
        Assert.StartsWith("the encoders must be, in model order, user, hour, item, price", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_item_catalog_with_a_user_field_is_refused()
    {
        var catalog = new EntityCatalog(Encoding.UTF8.GetBytes("a"), [0, 1], [new EntityColumn(0, [5], [1], [0, 1])]);
        Assert.Throws<ArgumentException>(() => new FeatureExtractor(Schema, _extractor.Encoders, catalog, null));
    }

    private static FieldSchema Field(string name, FieldSide side) => new() { Name = name, Side = side, Kind = FieldKind.Categorical };
}
