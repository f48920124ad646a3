using System.Text;

namespace RecServe.Features.Tests;

public class DataSchemaJsonTests
{
    // The example of the public contract, as it stands there.
    private const string Movies = """
        { "name": "movies", "format": {"delimiter": ",", "header": true},
          "label": {"column": "rating", "at_least": 4}, "weight": null, "ignore": ["tags"],
          "user": "userId", "item": "movieId", "time": "timestamp",
          "items": {"file": "movies.csv", "key": "movieId"},
          "fields": [ {"name": "userId", "side": "user", "kind": "categorical", "dim": 16, "min_count": 1, "buckets": "vocabulary"},
                      {"name": "genres", "side": "item", "kind": "multi", "separator": "|", "dim": 16, "pool": "mean"},
                      {"name": "price",  "side": "item", "kind": "numeric", "transform": "log_squared_bucket", "dim": 16} ] }
        """;

    [Fact]
    public void Parse_contract_example_reads_every_member()
    {
        DataSchema schema = Parse(Movies);
        Assert.Equal("movies", schema.Name);
        Assert.Equal(',', schema.Delimiter);
        Assert.True(schema.Header);
        Assert.Null(schema.Columns);
        Assert.Equal(("rating", 4.0), (schema.LabelColumn, schema.LabelAtLeast));
        Assert.Null(schema.Weight);
        Assert.Equal(["tags"], schema.Ignore);
        Assert.Equal(("userId", "movieId", "timestamp"), (schema.User, schema.Item, schema.Time));
        Assert.Equal(("movies.csv", "movieId"), (schema.ItemsFile, schema.ItemsKey));
        Assert.Equal(
            [
                new FieldSchema { Name = "userId", Side = FieldSide.User, Kind = FieldKind.Categorical },
                new FieldSchema { Name = "genres", Side = FieldSide.Item, Kind = FieldKind.Multi },
                new FieldSchema { Name = "price", Side = FieldSide.Item, Kind = FieldKind.Numeric },
            ],
            schema.Fields);
    }

    [Fact]
    public void Parse_values_other_than_the_defaults_are_kept()
    {
        DataSchema schema = Parse("""
            {"name": "x", "format": {"delimiter": "\t", "header": false, "columns": ["y", "w", "a", "b", "c"]}, "label": {"column": "y"}, "weight": "w",
             "fields": [{"name": "a", "side": "context", "kind": "multi", "separator": ";", "pool": "sum", "dim": 1024, "buckets": "hash:77"},
                        {"name": "b", "side": "user", "kind": "numeric", "transform": "standardize", "dim": 1},
                        {"name": "c", "side": "user", "kind": "categorical", "min_count": 10}]}
            """);
        Assert.Equal('\t', schema.Delimiter);
        Assert.False(schema.Header);
        Assert.Equal(["y", "w", "a", "b", "c"], schema.Columns);
        Assert.Null(schema.LabelAtLeast);
        Assert.Equal("w", schema.Weight);
        Assert.Equal(
            new FieldSchema { Name = "a", Side = FieldSide.Context, Kind = FieldKind.Multi, Separator = ';', Pool = Pooling.Sum, Dim = 1024, HashBuckets = 77 },
            schema.Fields[0]);
        Assert.Equal(NumericTransform.Standardize, schema.Fields[1].Transform);
        Assert.Equal(10, schema.Fields[2].MinCount);
    }

    [Fact]
    public void Write_then_parse_gives_an_equal_schema_and_equal_bytes()
    {
        foreach (string text in (string[])[Movies, Small("""{"name": "größe", "side": "item", "kind": "numeric", "transform": "value_times_vector"}""")])
        {
            byte[] once = DataSchemaJson.Write(Parse(text));
            DataSchema again = DataSchemaJson.Parse(once, "again.json");
            Assert.Equal(Parse(text).Fields, again.Fields);
            Assert.Equal(once, DataSchemaJson.Write(again));
            Assert.Equal(Parse(text).Fields, DataSchemaJson.Parse(DataSchemaJson.ToElement(again), "element").Fields);
        }
    }

    [Fact]
    public void Parse_byte_order_mark_is_skipped() =>
        Assert.Equal("movies", DataSchemaJson.Parse([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Movies)], "s.json").Name);

    internal static DataSchema Parse(string json) => DataSchemaJson.Parse(Encoding.UTF8.GetBytes(json), "s.json");

    internal static string Small(string field, string more = "") =>
        $$"""{"name": "x", "label": {"column": "y"}{{more}}, "fields": [{"name": "a", "side": "user", "kind": "categorical"}, {{field}}]}""";
}
