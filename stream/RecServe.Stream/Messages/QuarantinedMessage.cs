using Google.Protobuf;
using RecServe.Stream.Protos;

namespace RecServe.Stream;

/// <summary>A message that was not applied, or some rows of which were not: what stands in the quarantine.</summary>
/// <param name="Topic">Where it came from.</param>
/// <param name="Partition">Partition there.</param>
/// <param name="Offset">Offset there.</param>
/// <param name="ReceivedTime">When it was refused, milliseconds since 1970 UTC.</param>
/// <param name="Refused">Rows that were not applied; empty: nothing of the message was.</param>
/// <param name="Reason">Of the message, or of its first refused row.</param>
/// <param name="Detail">For people.</param>
/// <param name="Key">Key as received.</param>
/// <param name="Value">Value as received.</param>
public sealed record QuarantinedMessage(
    string Topic, int Partition, long Offset, long ReceivedTime, IReadOnlyList<RefusedDelta> Refused, RefusalReason Reason, string Detail,
    ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>The bytes of a message of recserve.quarantine.</summary>
    public byte[] ToBytes()
    {
        var message = new Quarantined
        {
            Topic = Topic,
            Partition = Partition,
            Offset = Offset,
            ReceivedTimeMs = ReceivedTime,
            Reason = RefusalReasons.Of(Reason),
            Detail = Detail,
            Key = ByteString.CopyFrom(Key.Span),
            Value = ByteString.CopyFrom(Value.Span),
        };
        message.Refused.AddRange(Refused.Select(row => new RefusedRow { Index = (uint)row.Index, Reason = RefusalReasons.Of(row.Reason) }));
        return message.ToByteArray();
    }

    /// <summary>Reads such bytes.</summary>
    /// <returns>The message, or null if they are none.</returns>
    public static QuarantinedMessage? FromBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Quarantined message = Quarantined.Parser.ParseFrom(bytes);
            RefusedDelta[] refused = [.. message.Refused.Select(row => new RefusedDelta((int)Math.Min(row.Index, int.MaxValue), RefusalReasons.Parse(row.Reason)))];
            return new QuarantinedMessage(message.Topic, message.Partition, message.Offset, message.ReceivedTimeMs, refused,
                RefusalReasons.Parse(message.Reason), message.Detail, message.Key.Memory, message.Value.Memory);
        }
        catch (Exception failure) when (MessageParsing.IsDamage(failure))
        {
            return null;
        }
    }
}
