namespace RecServe.Embeddings.Tests.Store;

/// <summary>A directory for a store, gone afterwards.</summary>
internal sealed class TemporaryStore : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("recserve-rows-").FullName;

    /// <summary>Small sizes, so that little data meets every boundary: pages of 64 KiB, segments of 1 MiB, 2 MiB in memory, a journal of 1 MiB.</summary>
    public RowStoreOptions Options => new()
    {
        Directory = Directory,
        LogMemoryBytes = 2 << 20,
        PageBytes = 64 << 10,
        SegmentBytes = 1 << 20,
        IndexBytes = 1 << 20,
        IndexCheckpointEvery = 4 << 20,
        DiskThreads = 4,
        JournalBytes = 1 << 20,
    };

    public RowStore Open() => RowStore.Open(Options);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
