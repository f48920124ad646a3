namespace RecServe.Features;

/// <summary>
/// A window of event time, cut into slots. Read at time t it holds the events of the slot that t lies in and of the <see cref="Slots"/> − 1 slots before it, as far as
/// they are earlier than t: from (⌊t / slot⌋ − slots + 1) · slot up to, not including, t.
/// </summary>
/// <param name="Name">1h, 24h or 7d.</param>
/// <param name="SlotMs">Milliseconds of a slot.</param>
/// <param name="Slots">Number of slots.</param>
public sealed record EventWindow(string Name, int SlotMs, int Slots)
{
    /// <summary>Every window there is: 1h in slots of a minute, 24h of a quarter of an hour, 7d of an hour.</summary>
    public static IReadOnlyList<EventWindow> All { get; } = [new("1h", 60_000, 60), new("24h", 900_000, 96), new("7d", 3_600_000, 168)];

    /// <summary>Length of the window in milliseconds; what it holds at a moment is at most that long and at least that less one slot.</summary>
    public long LengthMs => (long)SlotMs * Slots;

    /// <summary>The slot of a time.</summary>
    public int SlotOf(long time) => (int)(time / SlotMs);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
