using Google.Protobuf;
using RecServe.Features;
using RecServe.Stream.Protos;

namespace RecServe.Stream;

/// <summary>Messages of the topic recserve.events as bytes and back. Decoding is pure and total: any bytes give events or a reason, nothing is thrown.</summary>
public static class UserEventCodec
{
    /// <summary>Bytes of an id at most.</summary>
    public const int IdBytes = 1_024;

    // Of the longest ids, 200 events have 820 KB.
    private const int EventsPerMessage = 200;

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The value of a Kafka message; not kept.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="events">The events that can be read, where there is no refusal of the whole.</param>
    /// <param name="refused">The others, each with its reason.</param>
    /// <returns>Null, or why there is no message.</returns>
    public static Refusal? Decode(ReadOnlySpan<byte> bytes, UpdateLimits limits, out IReadOnlyList<UserEvent> events, out IReadOnlyList<RefusedDelta> refused)
    {
        (events, refused) = ([], []);
        if (MessageParsing.Parse(Events.Parser, bytes, limits, out Events message) is { } damage)
            return damage;

        if (message.Events_.Count == 0 || message.Events_.Count > limits.Rows)
            return new Refusal(RefusalReason.RowCount, $"the message holds {message.Events_.Count:N0} events, it must be 1 to {limits.Rows:N0}");
        var read = new List<UserEvent>(message.Events_.Count);
        var bad = new List<RefusedDelta>();
        for (int i = 0; i < message.Events_.Count; i++)
        {
            Event one = message.Events_[i];
            RefusalReason reason = Check(one);
            if (reason == RefusalReason.None)
                read.Add(new UserEvent(one.EventId, one.UserId, one.ItemId, (InteractionType)(one.Type - 1), one.TimeMs, one.ReceivedTimeMs, one.RankingId, one.Value));
            else
                bad.Add(new RefusedDelta(i, reason));
        }

        (events, refused) = (read, bad);
        return null;
    }

    /// <summary>Writes a message.</summary>
    public static byte[] Encode(IEnumerable<UserEvent> events)
    {
        var message = new Events();
        message.Events_.AddRange(events.Select(one => new Event
        {
            EventId = one.EventId,
            UserId = one.UserId,
            ItemId = one.ItemId,
            Type = (EventType)(one.Type + 1),
            TimeMs = one.Time,
            ReceivedTimeMs = one.Received,
            RankingId = one.RankingId,
            Value = one.Value,
        }));
        return message.ToByteArray();
    }

    /// <summary>What an event's message lies under: the user's id, or the item's where there is none, so that copies of one meet in one partition.</summary>
    public static string KeyOf(UserEvent one) => one.UserId.Length > 0 ? one.UserId : one.ItemId;

    /// <summary>Writes any number of events as messages that are within the limits.</summary>
    public static IEnumerable<byte[]> EncodeAll(IEnumerable<UserEvent> events) => events.Chunk(EventsPerMessage).Select(Encode);

    private static RefusalReason Check(Event one)
    {
        if (!RowUpdateCodec.IsName(one.EventId, IdBytes) || !IsIdOrNone(one.UserId) || !IsIdOrNone(one.ItemId) || !IsIdOrNone(one.RankingId) || one.UserId.Length + one.ItemId.Length == 0)
            return RefusalReason.BadName;
        if (one.TimeMs is < 0 or > EventLimits.LatestTime || one.ReceivedTimeMs is < 0 or > EventLimits.LatestTime)
            return RefusalReason.BadTime;
        if (one.Type is < EventType.Impression or > EventType.Skip)
            return RefusalReason.BadRow;
        return double.IsFinite(one.Value) ? RefusalReason.None : RefusalReason.NotFinite;
    }

    private static bool IsIdOrNone(string id) => id.Length == 0 || RowUpdateCodec.IsName(id, IdBytes);
}
