namespace RecServe.Embeddings;

/// <summary>How a <see cref="RowStore"/> is opened. A size that is out of range is refused by name.</summary>
public sealed record RowStoreOptions
{
    /// <summary>Where the store lives; made if absent. One process at a time holds it.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes of the log kept in memory, 2 MiB to 1 TiB; rounded down to whole pages. Default 256 MiB.</summary>
    public long LogMemoryBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Bytes of the hash index, 64 KiB to 64 GiB; rounded up to a power of two. Each 64 bytes hold 7 rows; more rows chain, and slow down. An existing store
    /// keeps the size it was made with. Default 128 MiB: 14.7 million rows.
    /// </summary>
    public long IndexBytes { get; init; } = 128L << 20;

    /// <summary>
    /// Bytes of a log page, the unit of writing and of memory, 64 KiB to 64 MiB; rounded up to a power of two, at most an eighth of
    /// <see cref="LogMemoryBytes"/>. 0 (the default) takes a thousandth of the memory, 64 KiB to 1 MiB. An existing store keeps its own. Space is reclaimed by whole pages: going through
    /// 4 MiB, 45,000 records, took a core for 40 to 100 ms.
    /// </summary>
    public long PageBytes { get; init; }

    /// <summary>Bytes of a log file, the unit of reclaiming disk, 1 MiB to 16 GiB; rounded up to a power of two. Default 64 MiB. An existing store keeps its own.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Share of the log's memory whose rows are changed in place, 0.1 to 0.9. Default 0.5.</summary>
    public double MutableShare { get; init; } = 0.5;

    /// <summary>
    /// Whether reads of the log pass by the system's page cache too, as writes do wherever the file system allows it: memory is then what <see cref="LogMemoryBytes"/> says and no more, and a row that is not in it costs
    /// a read of the device. Needs a file system that supports O_DIRECT. Default false.
    /// </summary>
    public bool DirectIO { get; init; }

    /// <summary>Threads that read and write the log, 1 to 256: so many reads are under way in the device at once. Default 32.</summary>
    public int DiskThreads { get; init; } = 32;

    /// <summary>Look-ups and updates that run at once, 1 to 256; others wait for their turn. Default twice the processors.</summary>
    public int Sessions { get; init; } = Math.Min(256, 2 * Environment.ProcessorCount);

    /// <summary>
    /// Bytes of log growth after which a checkpoint writes the index too, 1 MiB to 1 TiB. Recovery reads the log from the last index on, so this bounds its
    /// time. Default 1 GiB.
    /// </summary>
    public long IndexCheckpointEvery { get; init; } = 1L << 30;

    /// <summary>
    /// Bytes of the journal, 0 or 1 MiB to 64 GiB: checkpoints add what changed to it until it is full, and fold the log over then. Recovery writes what it holds into the log, a million rows a second and
    /// more. 0: each checkpoint folds. What changes between two checkpoints is kept in memory, up to the half of it and 32 MiB; a checkpoint that finds more folds. Default 64 MiB: 840,000 changes of rows of 16 numbers in int8.
    /// </summary>
    public long JournalBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Share of the log that superseded rows may take before <see cref="RowStore.Reclaim"/> copies the live ones and gives the space back, 0.1 to 0.9. Default 0.5: the log
    /// is at most about twice the size of its rows, or a file (<see cref="SegmentBytes"/>) larger than they are, and each copied row frees one.
    /// </summary>
    public double ReclaimAt { get; init; } = 0.5;

    /// <summary>
    /// Whether what must not wait takes every core: what the store writes into the page cache then lets it go first, by portions of 64 KiB and for at most 4 ms each. Called from many threads. Null (the default): nobody is let go first.
    /// </summary>
    public Func<bool>? IsBusy { get; init; }

    /// <summary>Whether writes go through the page cache even where the file system would take them past it, as they do where it would not.</summary>
    internal bool WritesThroughCache { get; init; }

    internal RowStoreOptions Checked()
    {
        if (string.IsNullOrWhiteSpace(Directory))
            throw new ArgumentException("the row store needs a directory");
        long memory = InRange(LogMemoryBytes, 2L << 20, 1L << 40, nameof(LogMemoryBytes));
        long page = PageBytes == 0
            ? Math.Clamp(PowerOfTwo(memory / 1024), 64L << 10, 1L << 20)
            : PowerOfTwo(InRange(PageBytes, 64L << 10, 64L << 20, nameof(PageBytes)));
        if (page > memory / 8)
            throw new ArgumentException($"{nameof(PageBytes)} is {page:N0}; it is at most an eighth of {nameof(LogMemoryBytes)}, {memory:N0}");
        InRange(IndexCheckpointEvery, 1L << 20, 1L << 40, nameof(IndexCheckpointEvery));
        if (JournalBytes != 0)
            InRange(JournalBytes, 1L << 20, 64L << 30, nameof(JournalBytes));
        InRange(DiskThreads, 1, 256, nameof(DiskThreads));
        InRange(Sessions, 1, 256, nameof(Sessions));
        if (!(MutableShare is >= 0.1 and <= 0.9))
            throw new ArgumentException($"{nameof(MutableShare)} is {MutableShare}; it must be 0.1 to 0.9");
        if (!(ReclaimAt is >= 0.1 and <= 0.9))
            throw new ArgumentException($"{nameof(ReclaimAt)} is {ReclaimAt}; it must be 0.1 to 0.9");
        return this with
        {
            Directory = Path.GetFullPath(Directory),
            PageBytes = page,
            SegmentBytes = Math.Max(page, PowerOfTwo(InRange(SegmentBytes, 1L << 20, 16L << 30, nameof(SegmentBytes)))),
            IndexBytes = PowerOfTwo(InRange(IndexBytes, 64L << 10, 64L << 30, nameof(IndexBytes))),
        };
    }

    private static long PowerOfTwo(long bytes) => (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes);

    private static long InRange(long value, long least, long most, string name) => value >= least && value <= most
        ? value
        : throw new ArgumentException($"{name} is {value:N0}; it must be {least:N0} to {most:N0}");
}
