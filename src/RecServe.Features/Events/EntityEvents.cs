namespace RecServe.Features;

/// <summary>What is kept of the events of one user, item, or user and category.</summary>
/// <param name="rings">One ring a window that is counted.</param>
/// <param name="lists">One list a type of which the last items are kept.</param>
internal sealed class EntityEvents(SlotRing[] rings, RecentItems[] lists)
{
    /// <summary>One ring a window that is counted.</summary>
    public SlotRing[] Rings { get; } = rings;

    /// <summary>One list a type of which the last items are kept.</summary>
    public RecentItems[] Lists { get; } = lists;

    /// <summary>Time of the newest event, Unix milliseconds.</summary>
    public long Newest { get; set; } = -1;
}
