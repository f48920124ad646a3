namespace RecServe.Features;

/// <summary>What a derived feature says of the events of its scope.</summary>
public enum EventMeasure
{
    /// <summary>How many of one type in a window.</summary>
    Count,

    /// <summary>Clicks by impressions in a window.</summary>
    ClickRate,

    /// <summary>The last items of one type, newest first.</summary>
    LastItems,

    /// <summary>Whole seconds since the newest event of any type.</summary>
    LastSeen,
}
