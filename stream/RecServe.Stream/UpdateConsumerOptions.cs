namespace RecServe.Stream;

/// <summary>How a corridor works.</summary>
public sealed record UpdateConsumerOptions
{
    /// <summary>What a message may be.</summary>
    public UpdateLimits Limits { get; init; } = new();

    /// <summary>Messages that are decoded and applied together; default 1,024.</summary>
    public int BatchMessages { get; init; } = 1_024;

    /// <summary>Bytes of messages that are decoded and applied together at most; default 4 MiB. Fewer where they would take longer than a tenth of a second. Three such batches are under way at most.</summary>
    public int BatchBytes { get; init; } = 4 << 20;

    /// <summary>Called after each message became visible, with the time from its event to now and the number of its rows, on the applying thread. Null for nobody.</summary>
    public Action<TimeSpan, int>? Visible { get; init; }

    /// <summary>
    /// Whether every core is taken by what must not wait, as a ranking must not; asked from both threads. Before it decodes a message, and before it applies a portion of rows, the corridor lets that go
    /// first, for at most <see cref="LongestGivingWay"/> a batch, unless somebody waits for what it is about to apply. Null: it never does.
    /// </summary>
    public Func<bool>? IsBusy { get; init; }

    /// <summary>How long a batch lets others go first; default 20 ms. What updates lose in freshness is at most twice that.</summary>
    public TimeSpan LongestGivingWay { get; init; } = TimeSpan.FromMilliseconds(20);
}
