using RecServe.Features;

namespace RecServe.FeatureStore.Tests;

public sealed class FeatureSchemaTests
{
    private static readonly FeatureSchema Schema = new(
    [
        Of(("country", FieldSide.User, FieldKind.Categorical), ("age", FieldSide.User, FieldKind.Numeric), ("history", FieldSide.User, FieldKind.Multi), ("price", FieldSide.Item, FieldKind.Numeric)),
        Of(("price", FieldSide.Item, FieldKind.Categorical), ("hour", FieldSide.Context, FieldKind.Categorical)),
    ]);

    [Fact]
    public void Row_of_known_features_is_let_in()
    {
        Assert.Null(Schema.Check(User().Text("country", "DE").Number("age", 30).List("history", ["i3"]).Build()));
        Assert.Null(Schema.Check(User().Text("age", "30.5").Text("history", "i3|i9").Build()));
        Assert.Null(Schema.Check(FeatureRow.Deletion(FieldSide.Item, "i", 1, "p")));
    }

    [Fact]
    public void Name_of_another_entity_or_of_nobody_is_unknown()
    {
        Assert.Equal(FeatureFault.Of(FeatureFaultReason.UnknownFeature, "price", "is no user field of a served model"), Schema.Check(User().Number("price", 3).Build()));
        Assert.Equal(FeatureFault.Of(FeatureFaultReason.UnknownFeature, "countri", "is no user field of a served model; did you mean 'country'?"), Schema.Check(User().Text("countri", "DE").Build()));
    }

    [Fact]
    public void Value_must_suit_every_model_that_has_the_field()
    {
        Assert.Equal(FeatureFault.Of(FeatureFaultReason.WrongType, "country", "must be a text"), Schema.Check(User().Number("country", 3).Build()));
        Assert.Equal(FeatureFault.Of(FeatureFaultReason.WrongType, "age", "must be a finite number"), Schema.Check(User().Text("age", "thirty").Build()));
        Assert.Equal(FeatureFaultReason.WrongType, Schema.Check(User().List("age", ["3"]).Build())!.Reason);
        Assert.Equal(FeatureFaultReason.WrongType, Schema.Check(User().Number("history", 3).Build())!.Reason);

        // A number in one model, a category in the other.
        Assert.Null(Schema.Check(new FeatureRowBuilder(FieldSide.Item, "i", 1, "p").Text("price", "3.50").Build()));
        Assert.Equal(FeatureFaultReason.WrongType, Schema.Check(new FeatureRowBuilder(FieldSide.Item, "i", 1, "p").Number("price", 3.5).Build())!.Reason);
        Assert.Equal(FeatureFaultReason.WrongType, Schema.Check(new FeatureRowBuilder(FieldSide.Item, "i", 1, "p").Text("price", "cheap").Build())!.Reason);
        Assert.Equal((true, false, true, false), (Schema.TakesText(FieldSide.Item, "price"), Schema.TakesText(FieldSide.User, "age"),
            Schema.TakesText(FieldSide.Context, "hour"), Schema.TakesText(FieldSide.User, "hour")));
    }

    private static FeatureRowBuilder User() => new(FieldSide.User, "u", 1, "p");

    private static DataSchema Of(params (string Name, FieldSide Side, FieldKind Kind)[] fields) => new()
    {
        Name = "test",
        LabelColumn = "label",
        Fields = [.. fields.Select(field => new FieldSchema { Name = field.Name, Side = field.Side, Kind = field.Kind })],
    };
}
