namespace RecServe.Kernels;

/// <summary>What came of storing a row; when it is not <see cref="Ok"/> the bytes are not to be used.</summary>
/// <param name="Fault">Why not.</param>
/// <param name="Position">Index of the number at fault, or -1.</param>
public readonly record struct RowEncodeStatus(RowFault Fault, int Position)
{
    /// <summary>The row was stored.</summary>
    public static RowEncodeStatus Stored { get; } = new(RowFault.None, -1);

    /// <summary>Whether the row was stored.</summary>
    public bool Ok => Fault == RowFault.None;
}
