namespace RecServe.Training.Data.Inspection;

/// <summary>What the sampled rows of a data file show about one column.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Role">What the proposed schema does with it: <c>label</c>, <c>user</c>, <c>item</c>, <c>time</c>, <c>ignore</c>, or a field's side and kind such as <c>item numeric</c>.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="Distinct">Different values other than the empty one.</param>
/// <param name="Missing">Empty cells.</param>
/// <param name="Examples">The first values met, at most three, cut to 40 characters.</param>
public sealed record ColumnStatistics(string Name, string Role, string Reason, int Distinct, int Missing, IReadOnlyList<string> Examples);
