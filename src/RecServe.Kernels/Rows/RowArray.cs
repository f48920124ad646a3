namespace RecServe.Kernels;

/// <summary>Encoded rows at equal distances.</summary>
/// <param name="start">Address of row 0.</param>
/// <param name="place">Bytes from a row to the next, and where the row lies in them.</param>
public readonly unsafe struct RowArray(byte* start, RowPlace place)
{
    /// <summary>Address of row 0.</summary>
    public byte* Start { get; } = start;

    /// <summary>Bytes from a row to the next, and where the row lies in them.</summary>
    public RowPlace Place { get; } = place;
}
