namespace RecServe.Kernels;

/// <summary>What a tile does before and after its sums.</summary>
[Flags]
internal enum TileEnds
{
    /// <summary>Sums start at zero (or the bias) and are stored as they are.</summary>
    None = 0,

    /// <summary>Sums start at what C holds.</summary>
    Load = 1,

    /// <summary>Negative sums are stored as zero.</summary>
    Relu = 2,
}
