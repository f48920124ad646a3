using Google.Protobuf;

namespace RecServe.Stream;

/// <summary>Bytes as a protobuf message, or the reason why they are none; whatever they are, nothing is thrown.</summary>
internal static class MessageParsing
{
    /// <summary>Parses a message that is within its limits.</summary>
    /// <param name="parser">Of the message.</param>
    /// <param name="bytes">The value of a Kafka message; not kept.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="message">The message, where there is no refusal.</param>
    public static Refusal? Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, UpdateLimits limits, out T message)
        where T : IMessage<T>
    {
        message = default!;
        if (bytes.Length > limits.MessageBytes)
            return new Refusal(RefusalReason.TooLarge, $"the message has {bytes.Length:N0} bytes, the limit is {limits.MessageBytes:N0}");
        try
        {
            message = parser.ParseFrom(bytes);
            return null;
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            return new Refusal(RefusalReason.Malformed, $"the bytes are no {typeof(T).Name}: {failure.Message}");
        }
    }

    /// <summary>
    /// Whether parsing threw because of the bytes. The library's own exception is not all that comes: 3.25 reads past the end of a nested message that announces more bytes
    /// than there are, and throws IndexOutOfRangeException.
    /// </summary>
    public static bool IsDamage(Exception failure) => failure is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentException or OverflowException;
}
