using System.Buffers;
using System.Text;
using System.Text.Json;
using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Rows;

public sealed class FeatureRowJsonTests
{
    private static readonly FeatureSchema Schema = new(
    [
        new DataSchema
        {
            Name = "test",
            LabelColumn = "label",
            Fields =
            [
                new FieldSchema { Name = "country", Side = FieldSide.User, Kind = FieldKind.Categorical },
                new FieldSchema { Name = "age", Side = FieldSide.User, Kind = FieldKind.Numeric },
                new FieldSchema { Name = "history", Side = FieldSide.User, Kind = FieldKind.Multi },
            ],
        },
    ]);

    [Fact]
    public void Row_is_read_with_the_types_of_its_fields()
    {
        FeatureRow row = Read("""{"entity":"user","id":"u1","version":"18446744073709551615","producer":"p","event_time":"1970-01-01T00:00:01Z","features":{"country":5.0,"age":3.50,"history":["i3",7]}}""");

        Assert.Equal("User u1 version 18446744073709551615 age=3.5 country=5.0 history=[i3, 7]", row.ToString());
        Assert.Equal(("p", 1_000), (row.Producer, row.EventTime));
        Assert.Equal("User u1 version 1 country=true history=i3|i9", Read("""{"entity":"user","id":"u1","version":1,"producer":"p","features":{"country":true,"history":"i3|i9","age":null}}""").ToString());
        Assert.True(Read("""{"entity":"user","id":"u1","version":1,"producer":"p","deleted":true}""").IsDeletion);
    }

    [Fact]
    public void What_is_known_may_be_left_out_and_must_not_be_contradicted()
    {
        var defaults = new FeatureRowDefaults(9, "http", FieldSide.User, "u1");
        Assert.Null(FeatureRowJson.Read(Parse("""{"features":{}}"""), defaults, Schema, out FeatureRow? row));
        Assert.Equal(("User u1 version 9", "http"), (row!.ToString(), row.Producer));
        Assert.Equal("id is 'u2', and the path says another", FeatureRowJson.Read(Parse("""{"id":"u2","features":{}}"""), defaults, Schema, out _)?.ToString());
        Assert.Equal("entity is item, and the path says user", FeatureRowJson.Read(Parse("""{"entity":"item","features":{}}"""), defaults, Schema, out _)?.ToString());
    }

    [Fact]
    public void Written_row_is_read_again()
    {
        FeatureRow row = Read("""{"entity":"user","id":"ü\u0001\"","version":7,"producer":"p","event_time":5,"features":{"country":"DE","age":-1e300,"history":[]}}""");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            FeatureRowJson.Write(json, row);
            json.WriteEndObject();
        }

        Assert.Equal(row.Bytes.ToArray(), Read(Encoding.UTF8.GetString(buffer.WrittenSpan)).Bytes.ToArray());
    }

    [Theory]
    [InlineData("[]", FeatureFaultReason.Malformed, "a row must be an object")]
    [InlineData("""{"id":"u","version":1,"producer":"p","features":{}}""", FeatureFaultReason.BadEntity, "entity is missing")]
    [InlineData("""{"entity":"shop","id":"u","version":1,"producer":"p","features":{}}""", FeatureFaultReason.BadEntity, "entity must be user, item or context")]
    [InlineData("""{"entity":"user","version":1,"producer":"p","features":{}}""", FeatureFaultReason.BadId, "id is missing")]
    [InlineData("""{"entity":"user","id":3,"version":1,"producer":"p","features":{}}""", FeatureFaultReason.BadId, "id must be a text")]
    [InlineData("""{"entity":"user","id":"","version":1,"producer":"p","features":{}}""", FeatureFaultReason.BadId, "id must be a text of 1 to 1,024 bytes")]
    [InlineData("""{"entity":"user","id":"u","producer":"p","features":{}}""", FeatureFaultReason.BadVersion, "version must be a whole number of 1 or more")]
    [InlineData("""{"entity":"user","id":"u","version":0,"producer":"p","features":{}}""", FeatureFaultReason.BadVersion, "version must be a whole number of 1 or more")]
    [InlineData("""{"entity":"user","id":"u","version":1.5,"producer":"p","features":{}}""", FeatureFaultReason.BadVersion, "version must be a whole number of 1 or more")]
    [InlineData("""{"entity":"user","id":"u","version":1,"features":{}}""", FeatureFaultReason.BadName, "producer is missing")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","event_time":"soon","features":{}}""", FeatureFaultReason.BadTime, "event_time must be an RFC 3339 text or Unix milliseconds")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p"}""", FeatureFaultReason.Malformed, "features must be there, or deleted: true, and not both")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":{},"deleted":true}""", FeatureFaultReason.Malformed, "features must be there, or deleted: true, and not both")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","feature":{}}""", FeatureFaultReason.Malformed, "feature is no member of a feature row; did you mean 'features'?")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":[]}""", FeatureFaultReason.Malformed, "features must be an object of names and values")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":{"age":1e999}}""", FeatureFaultReason.BadValue, "features.age must be a finite number")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":{"age":"old"}}""", FeatureFaultReason.WrongType, "features.age must be a finite number")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":{"country":{}}}""", FeatureFaultReason.WrongType, "features.country must be a text, a number or a list of these")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":{"country":["DE"]}}""", FeatureFaultReason.WrongType, "features.country must be a text")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":{"history":["a",[]]}}""", FeatureFaultReason.WrongType, "features.history[1] must be a text or a number")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":{"cuntry":"DE"}}""", FeatureFaultReason.UnknownFeature, "features.cuntry is no user field of a served model; did you mean 'country'?")]
    [InlineData("""{"entity":"user","id":"u","version":1,"producer":"p","features":{"country":"\ud800"}}""", FeatureFaultReason.Malformed, "the text holds an escaped half of a surrogate pair, which is no text")]
    public void What_is_wrong_is_named(string json, FeatureFaultReason reason, string told)
    {
        FeatureFault? fault = FeatureRowJson.Read(Parse(json), new FeatureRowDefaults(), Schema, out FeatureRow? row);

        Assert.Equal((reason, told, true), (fault?.Reason, fault?.ToString(), row is null));
    }

    [Fact]
    public void Lists_and_features_beyond_the_limit_are_refused_by_name()
    {
        string many = string.Join(',', Enumerable.Range(0, FeatureLimits.Values + 1)), names = string.Join(',', Enumerable.Range(0, FeatureLimits.Values + 1).Select(n => $"\"f{n}\":1"));
        Assert.Equal("features.history holds 1,001 values, the limit is 1,000", Fault($$"""{"history":[{{many}}]}"""));
        Assert.Equal("features holds more than 1,000, the limit", Fault($$"""{{{names}}}"""));

        static string? Fault(string features) =>
            FeatureRowJson.Read(Parse($$"""{"features":{{features}}}"""), new FeatureRowDefaults(1, "p", FieldSide.User, "u"), Schema, out _)?.ToString();
    }

    private static FeatureRow Read(string json)
    {
        Assert.Null(FeatureRowJson.Read(Parse(json), new FeatureRowDefaults(), Schema, out FeatureRow? row));
        return row!;
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
