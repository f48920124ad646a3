namespace RecServe.Features.Tests.Events;

public class DerivedFeatureTests
{
    [Theory]
    [InlineData("clicks/24h", FieldSide.Item, "item.clicks/24h")]
    [InlineData("clicks/24h", FieldSide.User, "user.clicks/24h")]
    [InlineData("item.watches/7d", FieldSide.Item, "item.watches/7d")]
    [InlineData("item.ctr/1h", FieldSide.Item, "item.ctr/1h")]
    [InlineData("ctr(0.5,20)/7d", FieldSide.Item, "item.ctr(0.5,20)/7d")]
    [InlineData("user*a.b.ctr(0.50,20)/7d", FieldSide.Item, "user*a.b.ctr(0.5,20)/7d")]
    [InlineData("user*genres.impressions/1h", FieldSide.Item, "user*genres.impressions/1h")]
    [InlineData("last_clicks/20", FieldSide.User, "user.last_clicks/20")]
    [InlineData("last_seen", FieldSide.User, "user.last_seen")]
    public void Parse_reads_what_it_writes(string text, FieldSide side, string canonical)
    {
        Assert.Null(DerivedFeature.Parse(text, side, out DerivedFeature? feature));
        Assert.Equal(canonical, feature!.ToString());
        Assert.Null(DerivedFeature.Parse(canonical, side, out DerivedFeature? again));
        Assert.Equal(feature, again);
    }

    [Theory]
    [InlineData("clicks", "'clicks' needs a window, one of clicks/1h, clicks/24h, clicks/7d")]
    [InlineData("clicks/2h", "'clicks' needs a window, one of clicks/1h, clicks/24h, clicks/7d")]
    [InlineData("click/1h", "'click' is none of last_seen, ctr, last_TYPE, impressions, clicks, likes, dislikes, views, watches, carts, purchases, shares, skips")]
    [InlineData("shop.clicks/1h", "'shop' is none of user, item, user*FIELD")]
    [InlineData("user*.clicks/1h", "'user*' is none of user, item, user*FIELD")]
    [InlineData("item.last_clicks/5", "'last_clicks' is known of users alone")]
    [InlineData("user.last_clicks/0", "'last_clicks' needs how many items, last_clicks/1 to last_clicks/100")]
    [InlineData("user.last_clicks", "'last_clicks' needs how many items, last_clicks/1 to last_clicks/100")]
    [InlineData("ctr(2,1)/1h", "'ctr(2,1)' needs two numbers, ctr(clicks,impressions): clicks at most impressions, impressions above 0 and at most 1000000")]
    [InlineData("ctr(1)/1h", "'ctr(1)' needs two numbers, ctr(clicks,impressions): clicks at most impressions, impressions above 0 and at most 1000000")]
    [InlineData("", "'' is none of last_seen, ctr, last_TYPE, impressions, clicks, likes, dislikes, views, watches, carts, purchases, shares, skips")]
    public void Parse_says_what_is_wrong(string text, string problem)
    {
        Assert.Equal(problem, DerivedFeature.Parse(text, FieldSide.Item, out DerivedFeature? feature));
        Assert.Null(feature);
    }

    [Theory]
    [InlineData("user", "numeric", "clicks/1h", "s.json: fields[1].from: 'user.clicks/1h' needs 'user', the column of the user's id")]
    [InlineData("item", "numeric", "clicks/1h", "s.json: fields[1].from: 'item.clicks/1h' needs 'item', the column of the item's id")]
    [InlineData("item", "numeric", "user.clicks/1h", "s.json: fields[1].from: 'user.clicks/1h' needs side 'user'")]
    [InlineData("item", "categorical", "clicks/1h", "s.json: fields[1].from: 'item.clicks/1h' needs kind 'numeric'")]
    [InlineData("user", "numeric", "last_clicks/5", "s.json: fields[1].from: 'user.last_clicks/5' needs kind 'multi'")]
    [InlineData("context", "numeric", "clicks/1h", "s.json: fields[1].from: a feature of events belongs to the user or the item; this field's side is 'context'")]
    [InlineData("item", "numeric", "clicks/1w", "s.json: fields[1].from: 'clicks' needs a window, one of clicks/1h, clicks/24h, clicks/7d")]
    public void Schema_with_a_derived_field_that_cannot_be_is_refused(string side, string kind, string from, string message) =>
        Assert.Equal(message, Error($$"""{"name": "b", "side": "{{side}}", "kind": "{{kind}}", "from": "{{from}}"}"""));

    [Theory]
    [InlineData("genre", "s.json: fields[1].from: 'genre' is no categorical or multi field of side 'item' that data gives; did you mean 'genres'?")]
    [InlineData("b", "s.json: fields[1].from: 'b' is no categorical or multi field of side 'item' that data gives")]
    [InlineData("a", "s.json: fields[1].from: 'a' is no categorical or multi field of side 'item' that data gives")]
    public void Schema_with_a_category_that_is_none_is_refused(string category, string message) =>
        Assert.Equal(message, Error($$"""{"name": "b", "side": "item", "kind": "numeric", "from": "user*{{category}}.clicks/1h"}, {"name": "genres", "side": "item", "kind": "multi"}""",
            """, "user": "u", "item": "i" """));

    [Fact]
    public void Schema_with_derived_fields_is_written_and_read()
    {
        DataSchema schema = DataSchemaJsonTests.Parse(DataSchemaJsonTests.Small(
            """{"name": "b", "side": "item", "kind": "numeric", "from": "user*genres.ctr(1,20)/7d"}, {"name": "genres", "side": "item", "kind": "multi"}, {"name": "h", "side": "user", "kind": "multi", "from": "last_likes/7"}""",
            """, "user": "u", "item": "i" """));
        Assert.Equal("user*genres.ctr(1,20)/7d", schema.Fields[1].From!.ToString());
        Assert.Equal(DataSchemaJson.Write(schema), DataSchemaJson.Write(DataSchemaJson.Parse(DataSchemaJson.Write(schema), "s.json")));
        Assert.Equal("user.last_likes/7", DataSchemaJson.Parse(DataSchemaJson.Write(schema), "s.json").Fields[3].From!.ToString());
    }

    private static string Error(string field, string more = "") =>
        Assert.Throws<SchemaException>(() => DataSchemaJsonTests.Parse(DataSchemaJsonTests.Small(field, more))).Message;
}
