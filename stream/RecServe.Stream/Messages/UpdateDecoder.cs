namespace RecServe.Stream;

/// <summary>Reads a message in either of its forms: one that begins with <c>{</c> is JSON, which no protobuf of this schema does.</summary>
public static class UpdateDecoder
{
    /// <summary>Reads a message; any bytes give a message or a reason.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="update">The message, where there is no refusal.</param>
    public static Refusal? Decode(ReadOnlyMemory<byte> value, UpdateLimits limits, out RowUpdate? update)
    {
        update = null;
        if (value.Length > limits.MessageBytes)
            return new Refusal(RefusalReason.TooLarge, $"the message has {value.Length:N0} bytes, the limit is {limits.MessageBytes:N0}");
        return value.Length > 0 && value.Span[0] == (byte)'{'
            ? RowUpdateJson.Decode(value, limits, out update)
            : RowUpdateCodec.Decode(value.Span, limits, out update);
    }
}
