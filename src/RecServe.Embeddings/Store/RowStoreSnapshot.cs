namespace RecServe.Embeddings;

/// <summary>Sizes and counts of a store at one time.</summary>
public sealed record RowStoreSnapshot
{
    /// <summary>Rows of all tables.</summary>
    public required long Rows { get; init; }

    /// <summary>Deletions that are remembered.</summary>
    public required long Tombstones { get; init; }

    /// <summary>The tables.</summary>
    public required IReadOnlyList<StoredTable> Tables { get; init; }

    /// <summary>Bytes from the begin to the end of the log.</summary>
    public long LogBytes { get; init; }

    /// <summary>Those of them that current rows and tombstones take; the rest is superseded.</summary>
    public long LiveLogBytes { get; init; }

    /// <summary>Bytes of the log in memory.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Bytes of the log's files.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Bytes of the hash index in memory.</summary>
    public long IndexBytes { get; init; }

    /// <summary>Number of the last checkpoint.</summary>
    public long Checkpoint { get; init; }

    /// <summary>Reads from the device since the store was opened.</summary>
    public long DiskReads { get; init; }

    /// <summary>Bytes of them.</summary>
    public long DiskReadBytes { get; init; }

    /// <summary>Bytes written to the log since the store was opened.</summary>
    public long DiskWrittenBytes { get; init; }

    /// <summary>Reads that failed, each a row that was not found though it may be there.</summary>
    public long ReadErrors { get; init; }

    /// <summary>Records whose checksum was wrong, each treated as absent.</summary>
    public long DamagedRows { get; init; }

    /// <summary>Why the disk does not take writes; null while it does.</summary>
    public string? WriteError { get; init; }
}
