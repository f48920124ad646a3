namespace RecServe.Artifacts;

/// <summary>The rows of a table that are stored in one format other than fp32.</summary>
public sealed record PackageRowSet
{
    /// <summary>How they are stored.</summary>
    public required PackageRowFormat Format { get; init; }

    /// <summary>Row keys, strictly ascending; none stands in another set of the table.</summary>
    public required ulong[] Keys { get; init; }

    /// <summary>The encoded rows in the order of <see cref="Keys"/>, <see cref="PackageRowFormat.RowBytes"/> bytes each.</summary>
    public required byte[] Rows { get; init; }
}
