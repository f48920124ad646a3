namespace RecServe.Features;

/// <summary>Whether an event is counted.</summary>
public enum EventVerdict
{
    /// <summary>It is.</summary>
    Accepted,

    /// <summary>An event of its id was counted before.</summary>
    Duplicate,

    /// <summary>It happened too long before the newest event of its log: it can no longer be told from a duplicate.</summary>
    Late,

    /// <summary>It would have happened well after it was received.</summary>
    Ahead,
}
