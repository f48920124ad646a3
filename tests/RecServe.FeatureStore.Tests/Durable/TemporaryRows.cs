using RecServe.Embeddings;

namespace RecServe.FeatureStore.Tests.Durable;

/// <summary>A node's store in a directory that is gone afterwards: small, so that little data reaches the disk.</summary>
internal sealed class TemporaryRows : IDisposable
{
    private RowStore? _store;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("recserve-features-").FullName;

    public RowStore Store => _store ??= Open(Directory);

    public static RowStore Open(string directory) => RowStore.Open(new RowStoreOptions
    {
        Directory = directory,
        LogMemoryBytes = 2 << 20,
        PageBytes = 64 << 10,
        SegmentBytes = 1 << 20,
        IndexBytes = 1 << 20,
        DiskThreads = 4,
    });

    /// <summary>Closes the store and opens it again, as after the end of a process.</summary>
    public RowStore Reopen()
    {
        Close();
        return Store;
    }

    public void Dispose()
    {
        Close();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void Close()
    {
        _store?.Dispose();
        _store = null;
    }
}
