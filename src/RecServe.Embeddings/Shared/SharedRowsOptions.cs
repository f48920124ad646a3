namespace RecServe.Embeddings;

/// <summary>Settings of rows shared across replicas.</summary>
public sealed class SharedRowsOptions
{
    /// <summary>
    /// Where: <c>host:port[,host:port…][,password=…][,ssl=true][,defaultDatabase=…]</c>, in the form of StackExchange.Redis. It may hold a password: it never reaches a log, an error or a metric.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Beginning of every key: deployments that share a server without sharing rows differ in it. 1 to 32 of <c>a-z 0-9 -</c>; default <c>recserve</c>.</summary>
    public string Prefix { get; init; } = "recserve";

    /// <summary>How long a look-up waits for answers, 1 ms to 1 s; default 5 ms. A single server on the same network answers 500 keys in about 1 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Keys that may be asked for at the same time, over all requests, 64 to 1,000,000; default 16,384. Those beyond go on without an answer.</summary>
    public int MaxInFlight { get; init; } = 16_384;

    /// <summary>
    /// How long an answer, a row or its absence, is shared by every request, 0 to 60 s; default 1 s. A key is asked for at most once in that time, however
    /// hot it is. A change of the row by this node ends it at once; one by another node shows so much later.
    /// </summary>
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Memory for such answers in bytes, 0 to 16 GiB; default 32 MiB.</summary>
    public long RememberBytes { get; init; } = 32 << 20;

    /// <summary>Failures in a row after which the server, or a share of the cluster, is not asked any more, 1 to 1,000; default 5.</summary>
    public int FailuresToOpen { get; init; } = 5;

    /// <summary>How often a server that is not asked is probed, 10 ms to 60 s; default 500 ms. It is asked again once a probe is answered within <see cref="Timeout"/>.</summary>
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a connection may be silent before it is replaced, 100 ms to 10 min; default 5 s.</summary>
    public TimeSpan ReconnectAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows that may wait to be written, 1 to 10,000,000; default 1,000,000: of small rows, <see cref="QueueBytes"/> is what ends first, with some 300,000.</summary>
    public int QueueRows { get; init; } = 1_000_000;

    /// <summary>Bytes of those rows, keys and bookkeeping included, 4 KiB to 16 GiB; default 64 MiB.</summary>
    public long QueueBytes { get; init; } = 64 << 20;

    /// <summary>How long a row stays after it was last offered, 1 s to 3650 days, or null for ever; default 1 day.</summary>
    public TimeSpan? KeepFor { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Rows a second that are taken from this node's store by <see cref="SharedRows.Share"/>, 0 to 10,000,000; default 10,000.</summary>
    public int ShareRowsPerSecond { get; init; } = 10_000;

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and its range; never the connection string.</exception>
    public void Check()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
            throw new ArgumentException($"{nameof(ConnectionString)} is empty; expected host:port[,host:port…][,option=value…]");
        if (Prefix is not { Length: >= 1 and <= 32 } || Prefix.Any(c => c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')))
            throw new ArgumentException($"{nameof(Prefix)} is \"{Prefix}\"; 1 to 32 of a-z, 0-9 and - are allowed");
        Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Within(nameof(MaxInFlight), MaxInFlight, 64, 1_000_000);
        Within(nameof(RememberFor), RememberFor, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Within(nameof(RememberBytes), RememberBytes, 0, 16L << 30);
        Within(nameof(FailuresToOpen), FailuresToOpen, 1, 1_000);
        Within(nameof(ProbeEvery), ProbeEvery, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(60));
        Within(nameof(ReconnectAfter), ReconnectAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Within(nameof(QueueRows), QueueRows, 1, 10_000_000);
        Within(nameof(QueueBytes), QueueBytes, 4096, 16L << 30);
        if (KeepFor is { } keep)
            Within(nameof(KeepFor), keep, TimeSpan.FromSeconds(1), TimeSpan.FromDays(3650));
        Within(nameof(ShareRowsPerSecond), ShareRowsPerSecond, 0, 10_000_000);
    }

    private static void Within<T>(string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; {least} to {most} is allowed");
    }
}
