using System.Text;
using RecServe.Features;
using RecServe.FeatureStore;

namespace RecServe.Stream.Tests.FeatureRows;

/// <summary>The bytes of recserve.features: as another language's protobuf writes them from the published schema, and never to change.</summary>
public sealed class FeatureMessageTests
{
    /// <summary>Written by Python's protobuf: tests/python/row_updates.py features.proto write_features.</summary>
    private const string Golden =
        "08021202693118c0c488b184e99103220473686f7028fbd0eab6b733321b0a0667656e72657322110a0273660a000a0964c3a96ac3a020767532100a0570726963651900000000000004c0320a0a057469746c65120169";

    private static FeatureRow Sample => new FeatureRowBuilder(FieldSide.Item, "i1", 1_767_225_600_123_456, "shop", 1_767_225_600_123)
        .List("genres", ["sf", "", "déjà vu"]).Number("price", -2.5).Text("title", "i").Build();

    private static FeatureSchema Schema => new(
    [
        new DataSchema
        {
            Name = "test",
            LabelColumn = "label",
            Fields =
            [
                new FieldSchema { Name = "genres", Side = FieldSide.Item, Kind = FieldKind.Multi },
                new FieldSchema { Name = "price", Side = FieldSide.Item, Kind = FieldKind.Numeric },
                new FieldSchema { Name = "title", Side = FieldSide.Item, Kind = FieldKind.Categorical },
            ],
        },
    ]);

    [Fact]
    public void Encode_gives_the_golden_bytes_and_decode_reads_them()
    {
        Assert.Equal(Golden, Convert.ToHexStringLower(FeatureMessageCodec.Encode(Sample)));
        Assert.Equal(Sample.Bytes.ToArray(), Decoded(Convert.FromHexString(Golden)).Bytes.ToArray());
        FeatureRow deletion = FeatureRow.Deletion(FieldSide.Context, "home", 9, "p");
        Assert.Equal(deletion.Bytes.ToArray(), Decoded(FeatureMessageCodec.Encode(deletion)).Bytes.ToArray());
        Assert.Equal("item/i1", Encoding.UTF8.GetString(FeatureMessageCodec.KeyOf(Sample)));
    }

    [Fact]
    public void Fields_of_a_newer_schema_are_passed_over()
    {
        Assert.Equal(Sample.Bytes.ToArray(), Decoded([.. Convert.FromHexString(Golden), 0xA2, 0x06, 0x01, 0x2A]).Bytes.ToArray());
    }

    [PythonProtobufFact]
    public void Pythons_protobuf_writes_the_golden_bytes_and_reads_ours()
    {
        Assert.Equal(Golden, Convert.ToHexStringLower(Python.Run([], "write_features", "features.proto")));
        Assert.Equal(
            """{"entity": 2, "id": "i1", "version": "1767225600123456", "producer": "shop", "event_time_ms": 1767225600123, "deleted": false, "features": [["genres", "list", ["sf", "", "d\u00e9j\u00e0 vu"]], ["price", "number", -2.5], ["title", "text", "i"]]}""",
            Encoding.UTF8.GetString(Python.Run(FeatureMessageCodec.Encode(Sample), "read_features", "features.proto")).Trim());
    }

    [Theory]
    [InlineData("""{"entity":"shop","id":"i","version":1,"producer":"p","features":{}}""", RefusalReason.UnknownEntity)]
    [InlineData("""{"entity":"item","id":"","version":1,"producer":"p","features":{}}""", RefusalReason.BadName)]
    [InlineData("""{"entity":"item","id":"i","version":0,"producer":"p","features":{}}""", RefusalReason.BadVersion)]
    [InlineData("""{"entity":"item","id":"i","version":1,"producer":"p","event_time":-1,"features":{}}""", RefusalReason.BadTime)]
    [InlineData("""{"entity":"item","id":"i","version":1,"producer":"p","features":{"colour":"red"}}""", RefusalReason.UnknownFeature)]
    [InlineData("""{"entity":"item","id":"i","version":1,"producer":"p","features":{"price":"cheap"}}""", RefusalReason.WrongType)]
    [InlineData("""{"entity":"item","id":"i","version":1,"producer":"p","features":{"price":1e999}}""", RefusalReason.BadValue)]
    [InlineData("""{"entity":"item","id":"i","version":1,"producer":"p"}""", RefusalReason.Malformed)]
    [InlineData("""{"entity":"item","id":"i","version":1,"producer":"p","features":{},"features":{}}""", RefusalReason.Malformed)]
    [InlineData("""{"entity":[[[[[[""", RefusalReason.Malformed)]
    public void Json_that_is_no_row_has_its_reason(string json, RefusalReason reason) => Assert.Equal(reason, Refused(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Protobuf_that_is_no_row_has_its_reason()
    {
        Assert.Equal(RefusalReason.UnknownEntity, Refused([0x08, 9, 0x12, 1, 0x61]));
        Assert.Equal(RefusalReason.UnknownEntity, Refused([]));
        Assert.Equal(RefusalReason.Malformed, Refused([0xFF]));
        Assert.Equal(RefusalReason.TooLarge, Refused(new byte[(1 << 20) + 1]));
        Assert.Equal(RefusalReason.UnknownFeature, Refused(FeatureMessageCodec.Encode(Row().Text("colour", "red").Build())));
        Assert.Equal(RefusalReason.WrongType, Refused(FeatureMessageCodec.Encode(Row().Number("title", 3).Build())));
        Assert.Equal(RefusalReason.WrongType, Refused(FeatureMessageCodec.Encode(Row().List("price", []).Build())));

        // A feature without a value, one that stands twice, a list of 1,001 values, a number that is none.
        byte[] head = [0x08, 2, 0x12, 1, 0x61, 0x18, 1, 0x22, 1, 0x70];
        Assert.Equal(RefusalReason.BadValue, Refused([.. head, 0x32, 3, 0x0A, 1, 0x61]));
        Assert.Equal(RefusalReason.BadName, Refused([.. head, 0x32, 6, 0x0A, 1, 0x61, 0x12, 1, 0x62, 0x32, 6, 0x0A, 1, 0x61, 0x12, 1, 0x62]));
        Assert.Equal(RefusalReason.BadValue, Refused([.. head, 0x32, 12, 0x0A, 1, 0x61, 0x19, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F]));
        Assert.Equal(RefusalReason.ListTooLong, Refused([.. head, 0x32, 0xD8, 0x0F, 0x0A, 1, 0x61, 0x22, 0xD2, 0x0F, .. Enumerable.Repeat<byte[]>([0x0A, 0], 1_001).SelectMany(value => value)]));

        static FeatureRowBuilder Row() => new(FieldSide.Item, "i", 1, "p");
    }

    [Fact]
    public void Encode_keeps_who_let_the_row_in()
    {
        byte[] bytes = FeatureMessageCodec.Encode(Sample, "anna");

        Assert.Equal(Golden + "4204616e6e61", Convert.ToHexStringLower(bytes));
        Assert.Null(FeatureMessageDecoder.Decode(bytes, new UpdateLimits(), Schema, out FeatureMessage? read));
        Assert.Equal("anna", read!.ReleasedBy);
        Assert.Equal(RefusalReason.BadName, Refused(FeatureMessageCodec.Encode(Sample, "an\u0001na")));
    }

    [Fact]
    public void Ten_thousand_hostile_messages_give_a_row_or_a_reason()
    {
        var random = new Random(23);
        byte[] whole = Convert.FromHexString(Golden);
        int rows = 0;
        for (int i = 0; i < 10_000; i++)
        {
            Refusal? refusal = FeatureMessageDecoder.Decode(HostileBytes.Next(random, whole), new UpdateLimits(), Schema, out FeatureMessage? read);
            Assert.Equal(refusal is null, read is not null);
            rows += read is null ? 0 : 1;
        }

        Assert.InRange(rows, 1, 9_000);
    }

    private static FeatureRow Decoded(byte[] bytes)
    {
        Assert.Null(FeatureMessageDecoder.Decode(bytes, new UpdateLimits(), Schema, out FeatureMessage? read));
        return read!.Row;
    }

    private static RefusalReason Refused(byte[] bytes)
    {
        Refusal? refusal = FeatureMessageDecoder.Decode(bytes, new UpdateLimits(), Schema, out FeatureMessage? read);
        Assert.Null(read);
        return refusal!.Reason;
    }
}
