namespace RecServe.Features;

/// <summary>Whom a derived feature is read for.</summary>
/// <param name="User"><see cref="RowKey.Hash64"/> of the user's id; 0 for none.</param>
/// <param name="Item"><see cref="RowKey.Hash64"/> of the item's id; 0 for none.</param>
/// <param name="Category">Row key of the item's category for this feature; 0 for none.</param>
public readonly record struct EventSubject(ulong User, ulong Item, ulong Category);
