namespace RecServe.Features;

/// <summary>Something that happened between a user and an item at one moment; what features are derived from.</summary>
/// <param name="Id">Identity of the event (<see cref="EventKey"/>): the same event sent twice is counted once.</param>
/// <param name="User"><see cref="RowKey.Hash64"/> of the user's id; 0 for none.</param>
/// <param name="Item"><see cref="RowKey.Hash64"/> of the item's id; 0 for none.</param>
/// <param name="Type">What happened.</param>
/// <param name="Time">When, in Unix milliseconds; 0 to <see cref="EventLimits.LatestTime"/>.</param>
/// <param name="Value">An amount such as seconds watched; 0 where there is none. No feature is derived from it.</param>
public readonly record struct InteractionEvent(UInt128 Id, ulong User, ulong Item, InteractionType Type, long Time, double Value = 0);
