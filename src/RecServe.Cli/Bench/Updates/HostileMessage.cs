namespace RecServe.Cli.Bench.Updates;

/// <summary>A message that no topic takes, with a number by which it is found again in the quarantine.</summary>
internal static class HostileMessage
{
    /// <summary>One message in so many is hostile.</summary>
    public const int Every = 97;

    // To protobuf, a name that announces more bytes than there are; to JSON, nothing.
    private static ReadOnlySpan<byte> Start => [0x0A, 0xFF, 0xFF, 0xFF, 0x7F];

    public static bool Is(long number) => number % Every == Every - 1;

    public static byte[] Of(long number) => [.. Start, .. BitConverter.GetBytes(number)];

    /// <summary>The number of a hostile message, -1 for another one.</summary>
    public static long NumberOf(ReadOnlySpan<byte> message) =>
        message.Length == Start.Length + sizeof(long) && message.StartsWith(Start) ? BitConverter.ToInt64(message[Start.Length..]) : -1;

    /// <summary>Hostile ones among the first messages.</summary>
    public static long Count(long messages) => messages / Every;
}
