using RecServe.Artifacts;
using RecServe.Embeddings;

namespace RecServe.Stream.Tests.Corridor;

/// <summary>A node: a real store on disk, a table in process memory, and a corridor into both. It can die at any time and begin again from what it checkpointed.</summary>
internal sealed class TestNode : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-corridor-").FullName;
    private RowStore? _store;

    public EmbeddingTable Table { get; private set; } = null!;

    public UpdateConsumer Consumer { get; private set; } = null!;

    public FileQuarantine Quarantine { get; private set; } = null!;

    public FirewallOptions Firewall { get; init; } = new() { NormJump = 0 };

    public UpdateConsumerOptions Options { get; init; } = new();

    public string QuarantineFile => Path.Combine(_folder, "quarantine");

    public IReadOnlyDictionary<string, long> Stored => _store!.Offsets;

    public void Start(IUpdateSource source, Func<IReadOnlyDictionary<string, long>, IReadOnlyDictionary<string, long>>? offsets = null)
    {
        _store = RowStore.Open(new RowStoreOptions { Directory = Path.Combine(_folder, "rows"), LogMemoryBytes = 2 << 20, PageBytes = 64 << 10, SegmentBytes = 1 << 20, IndexBytes = 1 << 20, DiskThreads = 2 });
        Table = new TableLoader(new RowTiers { Store = _store }, new TableLoaderOptions()).Load(TestUpdates.Lineage, [Package()])[0];
        Quarantine = new FileQuarantine(QuarantineFile);
        IReadOnlyDictionary<string, long> stored = offsets?.Invoke(_store.Offsets) ?? _store.Offsets;
        Consumer = new UpdateConsumer(source, new TableDirectory([(TestUpdates.Lineage, Table)]), new UpdateFirewall(Firewall, TimeProvider.System), Quarantine, stored, Options, TimeProvider.System);
        Consumer.Start();
    }

    public void Checkpoint() => UpdateCheckpoint.Take(_store!, [Consumer], Quarantine);

    /// <summary>Ends as a kill does: nothing is written that was not written before.</summary>
    public void Die()
    {
        Consumer.Dispose();
        Quarantine.Dispose();
        Table.Dispose();
        _store!.Dispose();
        _store = null;
    }

    public void Stop()
    {
        Consumer.Drain();
        Checkpoint();
        Die();
    }

    /// <summary>Waits until so many messages were read in this life.</summary>
    public void WaitForMessages(long count) => WaitUntil(() => Consumer.Measure().Messages >= count, () => $"{Consumer.Measure()} after {count} messages were sent");

    public static void WaitUntil(Func<bool> condition, Func<string>? state = null)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 12_000, state?.Invoke() ?? "it did not come about within a minute");
            Thread.Sleep(5);
        }
    }

    /// <summary>Both tiers hold exactly what a table does that applied every message once.</summary>
    public void AssertHolds(TestUpdates updates)
    {
        var stored = new Dictionary<ulong, (ulong Version, bool IsDeleted)>();
        _store!.Scan(Table.Id, (key, version, _, _, isDeleted, origin) =>
        {
            if (version > 0 && stored.GetValueOrDefault(key).Version <= version)
                stored[key] = (version, isDeleted);
            Assert.True(version == 0 || origin is { } known && known.Producer == UpdateOrigin.Producer("trainer"));
            return true;
        });
        Assert.Equal(updates.Newest.Count, stored.Count);
        ulong[] keys = [.. updates.Newest.Keys];
        float[] values = new float[keys.Length * TestUpdates.Width];
        bool[] found = new bool[keys.Length];
        Table.ReadHot(keys, values, found);
        for (int i = 0; i < keys.Length; i++)
        {
            long newest = updates.Newest[keys[i]];
            Assert.Equal(((ulong)Math.Abs(newest), newest < 0), stored[keys[i]]);
            Assert.Equal(newest > 0, found[i]);
            if (newest > 0)
                Assert.Equal(TestUpdates.Row(keys[i], (ulong)newest), values.AsSpan(i * TestUpdates.Width, TestUpdates.Width).ToArray());
        }
    }

    public void Dispose()
    {
        if (_store is not null)
            Die();
        Directory.Delete(_folder, recursive: true);
    }

    private static PackageTable Package() => new()
    {
        Name = TestUpdates.Table,
        Width = TestUpdates.Width,
        Keys = [.. Enumerable.Range(2, 100).Select(key => (ulong)key)],
        Rows = [.. Enumerable.Range(0, 100 * TestUpdates.Width).Select(i => i / 400f)],
        Mean = new float[TestUpdates.Width],
        Default = new float[TestUpdates.Width],
        Sha256 = new string('a', 64),
    };
}
