using RecServe.Embeddings;

namespace RecServe.Stream;

/// <summary>A decoded message of row updates: every member is within its limits, each row says exactly one thing.</summary>
/// <param name="Lineage">Lineage of the package whose rows these replace.</param>
/// <param name="Table">Table name: the field's.</param>
/// <param name="Producer">Who made the update.</param>
/// <param name="EventTime">When the event behind it happened, milliseconds since 1970 UTC.</param>
/// <param name="Rows">At least one; lengths and numbers are not checked yet, the table knows them.</param>
/// <param name="Refused">Places in <paramref name="Rows"/> whose row cannot be applied whatever the table; what stands there is not to be used.</param>
public sealed record RowUpdate(string Lineage, string Table, string Producer, long EventTime, RowDelta[] Rows, IReadOnlyList<RefusedDelta> Refused)
{
    /// <summary>Who let the rows in although they were refused: norms, versions and rates are then not judged. Empty: nobody.</summary>
    public string ReleasedBy { get; init; } = "";
}
