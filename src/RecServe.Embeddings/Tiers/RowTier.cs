namespace RecServe.Embeddings;

/// <summary>Where a row was found. A gather asks in the order of the numbers.</summary>
public enum RowTier : byte
{
    /// <summary>Nowhere: the table's default row answers.</summary>
    None = 0,

    /// <summary>Process memory, quantized and ready to decode.</summary>
    Hot = 1,

    /// <summary>The node's store, in the part of its log that is in memory.</summary>
    FasterMemory = 2,

    /// <summary>The cache that replicas share.</summary>
    Redis = 3,

    /// <summary>The node's store, on disk.</summary>
    FasterDisk = 4,
}
