using System.Text;
using RecServe.Embeddings;
using RecServe.Kernels;
using RecServe.Stream.Protos;
using Google.Protobuf;
using Delta = RecServe.Embeddings.RowDelta;

namespace RecServe.Stream.Tests.Messages;

/// <summary>What a message may be: any bytes give a message or a reason.</summary>
public sealed class RowUpdateCodecTests
{
    private static readonly UpdateLimits Limits = new() { MessageBytes = 10_000, Rows = 50, NameBytes = 20 };

    public static TheoryData<string, string, int> BadMessages => new()
    {
        { "malformed", "the bytes are no RowDeltas", 0 },
        { "too_large", "the message has 10,001 bytes, the limit is 10,000", 1 },
        { "bad_name", "lineage is missing", 2 },
        { "bad_name", "table is longer than 20 bytes", 3 },
        { "bad_name", "producer is longer than 20 bytes, the limit, or no text without control characters", 4 },
        { "bad_time", "event_time_ms is -1", 5 },
        { "row_count", "the message holds 0 rows", 6 },
        { "row_count", "the message holds 51 rows", 7 },
    };

    [Theory]
    [MemberData(nameof(BadMessages))]
    public void Decode_of_a_bad_message_says_why(string reason, string detail, int which)
    {
        var message = new RowDeltas { Lineage = "l", Table = "t", Producer = "p", Rows = { new Protos.RowDelta { Key = 5, Version = 1, Deleted = true } } };
        byte[] bytes = which switch
        {
            0 => [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07],
            1 => new byte[10_001],
            2 => Changed(m => m.Lineage = ""),
            3 => Changed(m => m.Table = new string('x', 21)),
            4 => Changed(m => m.Producer = "a\nb"),
            5 => Changed(m => m.EventTimeMs = -1),
            6 => Changed(m => m.Rows.Clear()),
            _ => Changed(m => m.Rows.AddRange(Enumerable.Repeat(m.Rows[0], 50))),
        };

        Refusal? refusal = RowUpdateCodec.Decode(bytes, Limits, out RowUpdate? update);

        Assert.Null(update);
        Assert.Equal(reason, RefusalReasons.Of(refusal!.Reason));
        Assert.StartsWith(detail, refusal.Detail, StringComparison.Ordinal);

        byte[] Changed(Action<RowDeltas> change)
        {
            change(message);
            return message.ToByteArray();
        }
    }

    [Fact]
    public void Decode_refuses_rows_one_by_one()
    {
        var message = new RowDeltas { Lineage = "l", Table = "t", Producer = "p" };
        message.Rows.Add(new Protos.RowDelta { Key = 1, Version = 9, Values = { 1f } });
        message.Rows.Add(new Protos.RowDelta { Key = 2, Version = 9 });
        message.Rows.Add(new Protos.RowDelta { Key = 3, Version = 9, Values = { 1f }, Deleted = true });
        message.Rows.Add(new Protos.RowDelta { Key = 4, Version = 0, Values = { 1f } });
        message.Rows.Add(new Protos.RowDelta { Key = 5, Version = 9, Encoded = ByteString.CopyFrom(1, 2) });

        Assert.Null(RowUpdateCodec.Decode(message.ToByteArray(), Limits, out RowUpdate? update));

        Assert.Equal(
            [new(1, RefusalReason.BadRow), new(2, RefusalReason.BadRow), new(3, RefusalReason.BadVersion), new RefusedDelta(4, RefusalReason.BadPrecision)],
            update!.Refused);
        Assert.Equal(1ul, update.Rows[0].Key);
    }

    [Fact]
    public void Decode_takes_random_and_damaged_bytes_without_an_exception_or_much_memory()
    {
        var random = new Random(6);
        byte[] whole = RowUpdateCodec.Encode(new RowUpdate("lineage", "table", "producer", 5,
            [.. Enumerable.Range(0, 40).Select(i => Delta.OfEncoded((ulong)i + 2, 1, RowPrecision.Int8, new byte[24]))], []));
        int read = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            byte[] bytes = HostileBytes.Next(random, whole);
            Refusal? refusal = RowUpdateCodec.Decode(bytes, Limits, out RowUpdate? update);
            Assert.NotEqual(refusal is null, update is null);
            read += refusal is null ? 1 : 0;
            if (refusal is not null)
                Assert.NotEqual(RefusalReason.None, refusal.Reason);
        }

        // Damage to a row's bytes leaves a message; the rest is refused. Announced lengths of gigabytes must not be believed.
        Assert.InRange(read, 100, 5_000);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 600L << 20, $"{GC.GetAllocatedBytesForCurrentThread() - before:N0} bytes for 10,000 messages");
    }

    [Theory]
    [InlineData("no JSON", RefusalReason.Malformed, "the text is not valid JSON")]
    [InlineData("[]", RefusalReason.Malformed, "the text must be a JSON object")]
    [InlineData("""{"table":"t","table":"u"}""", RefusalReason.Malformed, "a member stands twice")]
    [InlineData("""{"table":"t","producer":"p","rows":[]}""", RefusalReason.BadName, "lineage is missing")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","rows":[]}""", RefusalReason.RowCount, "rows holds 0 rows")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","rows":[{"key":1,"version":0,"values":[1]}]}""", RefusalReason.BadVersion, "rows[0].version")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","rows":[{"key":1,"version":1}]}""", RefusalReason.BadRow, "rows[0] must have exactly one of")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","rows":[{"key":1,"id":"a","version":1,"values":[1]}]}""", RefusalReason.BadRow, "rows[0] must have one of key and id")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","rows":[{"key":-1,"version":1,"values":[1]}]}""", RefusalReason.BadRow, "rows[0].key")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","rows":[{"key":1,"version":1,"values":["x"]}]}""", RefusalReason.BadRow, "rows[0].values[0]")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","rows":[{"key":1,"version":1,"encoded":"AAAA"}]}""", RefusalReason.BadPrecision, "rows[0].encoded needs")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","precision":"int9","rows":[]}""", RefusalReason.BadPrecision, "precision must be one of fp32")]
    [InlineData("""{"lineage":"l","table":"t","producer":"p","event_time":"never","rows":[{"key":1,"version":1,"values":[1]}]}""", RefusalReason.BadTime, "event_time")]
    public void Json_that_is_no_message_is_refused_by_member(string json, RefusalReason reason, string detail)
    {
        Refusal? refusal = RowUpdateJson.Decode(Encoding.UTF8.GetBytes(json), Limits, out RowUpdate? update);

        Assert.Null(update);
        Assert.Equal(reason, refusal!.Reason);
        Assert.StartsWith(detail, refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_says_the_same_as_protobuf()
    {
        string json = """
            {"lineage":"l","table":"t","producer":"p","event_time":"1970-01-01T00:00:05Z","precision":"int8","rows":[
              {"key":"18446744073709551615","version":18446744073709551615,"encoded":"AAECAwQFBgcI"}, {"id":"u42","version":"3","values":[0.5,1e2]}, {"key":7,"version":4,"deleted":true}]}
            """;

        Assert.Null(RowUpdateJson.Decode(Encoding.UTF8.GetBytes(json), Limits, out RowUpdate? update));

        Assert.Null(RowUpdateCodec.Decode(RowUpdateCodec.Encode(update!), Limits, out RowUpdate? same));
        Assert.Null(RowUpdateJson.Decode(RowUpdateJson.Encode(update! with { ReleasedBy = "me" }), Limits, out RowUpdate? again));
        Assert.Equal(RowUpdateCodec.Encode(update! with { ReleasedBy = "me" }), RowUpdateCodec.Encode(again!));
        Assert.Equal(("l", "t", "p", 5_000), (same!.Lineage, same.Table, same.Producer, same.EventTime));
        Assert.Equal([ulong.MaxValue, Features.RowKey.Of("u42"), 7], same.Rows.Select(row => row.Key));
        Assert.Equal([ulong.MaxValue, 3, 4], same.Rows.Select(row => row.Version));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], same.Rows[0].Encoded.ToArray());
        Assert.Equal([0.5f, 100f], same.Rows[1].Values.ToArray());
        Assert.True(same.Rows[2].IsDeletion);
    }

    [Fact]
    public void Reasons_have_the_names_that_stand_in_quarantines()
    {
        Assert.Equal("malformed too_large row_count bad_name bad_time bad_row bad_precision bad_version unknown_lineage unknown_table wrong_length not_finite out_of_range norm_jump " +
            "version_ahead key_rate producer_rate bad_definition unknown_model unknown_entity unknown_feature wrong_type list_too_long bad_value feature_count store_full id_collision",
            string.Join(' ', RefusalReasons.All));
        Assert.All(Enum.GetValues<RefusalReason>(), reason => Assert.Equal(reason, RefusalReasons.Parse(RefusalReasons.Of(reason))));
        Assert.Equal(RefusalReason.None, RefusalReasons.Parse("of a newer program"));
    }
}
