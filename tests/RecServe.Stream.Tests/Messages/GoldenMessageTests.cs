using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Stream.Tests.Messages;

/// <summary>The bytes on the wire: as another language's protobuf writes them from the published schema, and never to change.</summary>
public sealed class GoldenMessageTests
{
    /// <summary>Written by Python's protobuf: tests/python/row_updates.py PROTO write.</summary>
    private const string Golden =
        "0a096c696e656167652d3112067573657249641a07747261696e657220fbd0eab6b7332803322c09efcdab896745230110c0c488b184e991031a18000102030405060708090a0b0c0d0e0f1011121314151617" +
        "3215090200000000000000100122080000003f0000a0bf321609ffffffffffffffff10ffffffffffffffffff012801";

    private const string GoldenQuarantine =
        "0a0d72656373657276652e726f7773100318b9a10b20fbd0eab6b7332a0e0801120a6e6f745f66696e6974652a100802120c77726f6e675f6c656e677468320a6e6f745f66696e6974653a05776879c3a9420200014a03ff0080";

    private static RowUpdate Sample => new("lineage-1", "userId", "trainer", 1_767_225_600_123,
    [
        RowDelta.OfEncoded(0x0123456789ABCDEF, 1_767_225_600_123_456, RowPrecision.Int8, Enumerable.Range(0, 24).Select(b => (byte)b).ToArray()),
        RowDelta.Of(2, 1, new[] { 0.5f, -1.25f }),
        RowDelta.Deletion(ulong.MaxValue, ulong.MaxValue),
    ], []);

    private static QuarantinedMessage Refused => new("recserve.rows", 3, 184_505, 1_767_225_600_123,
        [new RefusedDelta(1, RefusalReason.NotFinite), new RefusedDelta(2, RefusalReason.WrongLength)], RefusalReason.NotFinite, "whyé", new byte[] { 0, 1 }, new byte[] { 255, 0, 128 });

    [Fact]
    public void Encode_gives_the_golden_bytes() => Assert.Equal(Golden, Convert.ToHexStringLower(RowUpdateCodec.Encode(Sample)));

    [Fact]
    public void Decode_reads_the_golden_bytes() => AssertIsSample(Decoded(Convert.FromHexString(Golden)));

    [Fact]
    public void Quarantined_message_has_golden_bytes_and_comes_back()
    {
        byte[] bytes = Refused.ToBytes();

        Assert.Equal(GoldenQuarantine, Convert.ToHexStringLower(bytes));
        QuarantinedMessage read = QuarantinedMessage.FromBytes(bytes)!;
        Assert.Equal(Refused with { Refused = [], Key = default, Value = default }, read with { Refused = [], Key = default, Value = default });
        Assert.Equal(Refused.Refused, read.Refused);
        Assert.Equal(Refused.Key.ToArray(), read.Key.ToArray());
        Assert.Equal(Refused.Value.ToArray(), read.Value.ToArray());
        Assert.Null(QuarantinedMessage.FromBytes([0xFF, 0xFF]));
    }

    [Fact]
    public void Fields_of_a_newer_schema_are_passed_over()
    {
        // Field 100, length-delimited, in the message and in a row, as a newer producer would add.
        byte[] grown = [.. Convert.FromHexString(Golden), 0xA2, 0x06, 0x01, 0x2A, 0x32, 0x11, 0x09, 7, 0, 0, 0, 0, 0, 0, 0, 0x10, 1, 0x28, 1, 0xA2, 0x06, 0x01, 0x2A];

        RowUpdate update = Decoded(grown);

        Assert.Equal(4, update.Rows.Length);
        Assert.Equal(7ul, update.Rows[3].Key);
        Assert.Empty(update.Refused);
    }

    [Fact]
    public void A_precision_of_a_newer_schema_refuses_the_rows_that_need_it_and_no_others()
    {
        byte[] grown = [.. Convert.FromHexString(Golden), 0x28, 99];

        Assert.Equal([new RefusedDelta(0, RefusalReason.BadPrecision)], Decoded(grown).Refused);
    }

    [PythonProtobufFact]
    public void Pythons_protobuf_writes_the_golden_bytes_and_reads_ours()
    {
        Assert.Equal(Golden, Convert.ToHexStringLower(Python.Run([], "write")));
        Assert.Equal(
            """{"lineage": "lineage-1", "table": "userId", "producer": "trainer", "event_time_ms": 1767225600123, "precision": 3, "rows": [{"key": "81985529216486895", "version": "1767225600123456", "encoded": "000102030405060708090a0b0c0d0e0f1011121314151617", "values": [], "deleted": false}, {"key": "2", "version": "1", "encoded": "", "values": [0.5, -1.25], "deleted": false}, {"key": "18446744073709551615", "version": "18446744073709551615", "encoded": "", "values": [], "deleted": true}]}""",
            System.Text.Encoding.UTF8.GetString(Python.Run(RowUpdateCodec.Encode(Sample), "read")).Trim());
        Assert.Equal(
            """{"topic": "recserve.rows", "partition": 3, "offset": 184505, "reason": "not_finite", "detail": "why\u00e9", "refused": [[1, "not_finite"], [2, "wrong_length"]], "key": "0001", "value": "ff0080"}""",
            System.Text.Encoding.UTF8.GetString(Python.Run(Refused.ToBytes(), "quarantined")).Trim());
    }

    private static RowUpdate Decoded(byte[] bytes)
    {
        Assert.Null(RowUpdateCodec.Decode(bytes, new UpdateLimits(), out RowUpdate? update));
        return update!;
    }

    private static void AssertIsSample(RowUpdate update)
    {
        Assert.Equal(("lineage-1", "userId", "trainer", 1_767_225_600_123), (update.Lineage, update.Table, update.Producer, update.EventTime));
        Assert.Equal([0x0123456789ABCDEF, 2, ulong.MaxValue], update.Rows.Select(row => row.Key));
        Assert.Equal([1_767_225_600_123_456, 1, ulong.MaxValue], update.Rows.Select(row => row.Version));
        Assert.Equal(RowPrecision.Int8, update.Rows[0].Precision);
        Assert.Equal(Enumerable.Range(0, 24).Select(b => (byte)b), update.Rows[0].Encoded.ToArray());
        Assert.Equal([0.5f, -1.25f], update.Rows[1].Values.ToArray());
        Assert.True(update.Rows[2].IsDeletion);
        Assert.Empty(update.Refused);
    }
}
