namespace RecServe.Compression;

/// <summary>Ways to make a package smaller.</summary>
public enum CompressionMethod
{
    /// <summary>SHARK: fields of low F-Permutation importance pruned, rows in three tiers by F-Quantization's priority.</summary>
    Shark,

    /// <summary>LPFS++: fields whose learned gate closes removed, then each row's precision as <see cref="Hawq"/> gives it.</summary>
    LpfsPlusPlus,

    /// <summary>Each row's precision by Fisher-weighted quantization error under one budget.</summary>
    Hawq,

    /// <summary>All rows in 8 bits (the compact format).</summary>
    UniformInt8,

    /// <summary>All rows in 4 bits.</summary>
    UniformInt4,

    /// <summary>Whatever measures best on the tuning samples.</summary>
    Auto,
}
