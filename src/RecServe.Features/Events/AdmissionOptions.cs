namespace RecServe.Features;

/// <summary>Which events of a log are counted; online and offline must agree on it.</summary>
public sealed record AdmissionOptions
{
    /// <summary>How long before the newest event of its log an event may have happened, in milliseconds; default an hour.</summary>
    public long LatenessMs { get; init; } = 3_600_000;

    /// <summary>How long after it was received an event may have happened by its own clock, in milliseconds; default a minute.</summary>
    public long AheadMs { get; init; } = 60_000;

    /// <summary>Event ids remembered for each log; default 500,000, about 40 MB. Where more come within the lateness, events older than the remembered ones are late.</summary>
    public int Remembered { get; init; } = 500_000;
}
