using RecServe.Features;

namespace RecServe.Stream.Tests.Events;

public class UserEventCodecTests
{
    /// <summary>Written by Python's protobuf from the published schema: tests/python/user_events.py PROTO write.</summary>
    private const string Golden = "0a320a02653112037534321a076772c3b6c39f65200228fbd0eab6b73330e8d7eab6b7333a0530314a385a4100000000000029400a0a0a0265321a026937200a";

    private static readonly UserEvent[] Sample =
    [
        new("e1", "u42", "größe", InteractionType.Click, 1_767_225_600_123, 1_767_225_601_000, "01J8Z", 12.5),
        new("e2", "", "i7", InteractionType.Skip, 0),
    ];

    [Fact]
    public void Encode_gives_the_golden_bytes_and_decode_reads_them()
    {
        Assert.Equal(Golden, Convert.ToHexStringLower(UserEventCodec.Encode(Sample)));
        Assert.Null(UserEventCodec.Decode(Convert.FromHexString(Golden), new UpdateLimits(), out IReadOnlyList<UserEvent> events, out IReadOnlyList<RefusedDelta> refused));
        Assert.Equal(Sample, events);
        Assert.Empty(refused);
    }

    [PythonProtobufFact]
    public void Pythons_protobuf_writes_the_golden_bytes_and_reads_ours()
    {
        Assert.Equal(Golden, Convert.ToHexStringLower(Python.Run([], "write", "events.proto", "user_events.py")));
        Assert.Equal("""[["e1", "u42", "gr\u00f6\u00dfe", 2, 1767225600123, 1767225601000, "01J8Z", 12.5], ["e2", "", "i7", 10, 0, 0, "", 0.0]]""",
            System.Text.Encoding.UTF8.GetString(Python.Run(UserEventCodec.Encode(Sample), "read", "events.proto", "user_events.py")).Trim());
    }

    [Fact]
    public void Decode_refuses_events_by_themselves_and_messages_as_a_whole()
    {
        UserEvent good = Sample[0];
        UserEvent[] events =
        [
            good with { EventId = "" }, good with { UserId = "", ItemId = "" }, good with { EventId = "a\nb" }, good with { ItemId = new string('x', UserEventCodec.IdBytes + 1) },
            good with { Time = EventLimits.LatestTime + 1 }, good with { Time = -1 }, good with { Received = -1 }, good with { Type = (InteractionType)10 }, good with { Type = (InteractionType)(-1) },
            good with { Value = double.NaN }, good,
        ];
        Assert.Null(UserEventCodec.Decode(UserEventCodec.Encode(events), new UpdateLimits(), out IReadOnlyList<UserEvent> read, out IReadOnlyList<RefusedDelta> refused));
        Assert.Equal([good], read);
        RefusalReason[] reasons =
        [
            RefusalReason.BadName, RefusalReason.BadName, RefusalReason.BadName, RefusalReason.BadName, RefusalReason.BadTime, RefusalReason.BadTime, RefusalReason.BadTime, RefusalReason.BadRow, RefusalReason.BadRow,
            RefusalReason.NotFinite,
        ];
        Assert.Equal(reasons.Select((reason, index) => new RefusedDelta(index, reason)), refused);
        Assert.Equal(RefusalReason.RowCount, UserEventCodec.Decode([], new UpdateLimits(), out _, out _)!.Reason);
        Assert.Equal(RefusalReason.RowCount, UserEventCodec.Decode(UserEventCodec.Encode(Sample), new UpdateLimits { Rows = 1 }, out _, out _)!.Reason);
        Assert.Equal(RefusalReason.TooLarge, UserEventCodec.Decode(UserEventCodec.Encode(Sample), new UpdateLimits { MessageBytes = 10 }, out _, out _)!.Reason);
        Assert.Equal(RefusalReason.Malformed, UserEventCodec.Decode([0xFF], new UpdateLimits(), out _, out _)!.Reason);
    }
}
