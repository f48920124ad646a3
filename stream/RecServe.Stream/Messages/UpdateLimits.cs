namespace RecServe.Stream;

/// <summary>What a message may be at most. Checked before anything of that size is made.</summary>
public sealed record UpdateLimits
{
    /// <summary>Bytes of a message; default 1 MiB, which is what brokers take unless told otherwise.</summary>
    public int MessageBytes { get; init; } = 1 << 20;

    /// <summary>Rows of a message; default 10,000.</summary>
    public int Rows { get; init; } = 10_000;

    /// <summary>UTF-8 bytes of a lineage, a table's or a producer's name; default 256.</summary>
    public int NameBytes { get; init; } = 256;
}
