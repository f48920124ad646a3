namespace RecServe.Features;

/// <summary>Bounds of events and of what is derived from them; documented in docs/formats/events.md.</summary>
public static class EventLimits
{
    /// <summary>Latest time of an event, Unix milliseconds: the year 2200.</summary>
    public const long LatestTime = 7_258_118_400_000;

    /// <summary>Items of a history.</summary>
    public const int History = 100;

    /// <summary>How far back a history and the last time seen reach, in milliseconds: 30 days.</summary>
    public const long HistoryMs = 30L * 24 * 3600 * 1000;

    /// <summary>Largest prior of a click rate.</summary>
    public const int Prior = 1_000_000;
}
