namespace RecServe.Stream;

/// <summary>A row of a message that is not applied.</summary>
/// <param name="Index">Place in the message.</param>
/// <param name="Reason">Why.</param>
public readonly record struct RefusedDelta(int Index, RefusalReason Reason);
