namespace RecServe.Stream;

/// <summary>Why a message cannot be applied.</summary>
/// <param name="Reason">What kind.</param>
/// <param name="Detail">One sentence that names the field, what was found and the limit.</param>
public sealed record Refusal(RefusalReason Reason, string Detail);
