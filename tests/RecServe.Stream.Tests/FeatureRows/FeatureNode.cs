using RecServe.Embeddings;
using RecServe.Features;
using RecServe.FeatureStore;
using RecServe.Stream.Tests.Corridor;

namespace RecServe.Stream.Tests.FeatureRows;

/// <summary>A node that reads features: a real store on disk and a corridor into it. It can die at any time and begin again from what it checkpointed.</summary>
internal sealed class FeatureNode : IDisposable
{
    private static readonly FeatureSchema Schema = new(
    [
        new DataSchema
        {
            Name = "test",
            LabelColumn = "label",
            Fields = [new FieldSchema { Name = "country", Side = FieldSide.User, Kind = FieldKind.Categorical }, new FieldSchema { Name = "price", Side = FieldSide.Item, Kind = FieldKind.Numeric }],
        },
    ]);

    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-features-").FullName;
    private RowStore? _rows;

    public DurableFeatureStore Store { get; private set; } = null!;

    public UpdateConsumer Consumer { get; private set; } = null!;

    public FileQuarantine Quarantine { get; private set; } = null!;

    public FirewallOptions Firewall { get; init; } = new();

    public string QuarantineFile => Path.Combine(_folder, "quarantine");

    public void Start(IUpdateSource source)
    {
        _rows = RowStore.Open(new RowStoreOptions { Directory = Path.Combine(_folder, "rows"), LogMemoryBytes = 2 << 20, PageBytes = 64 << 10, SegmentBytes = 1 << 20, IndexBytes = 1 << 20, DiskThreads = 2 });
        Store = new DurableFeatureStore(_rows);
        Quarantine = new FileQuarantine(QuarantineFile);
        Consumer = new UpdateConsumer(source, new FeatureUpdates(Store, () => Schema, Firewall, new UpdateLimits()), Quarantine, _rows.Offsets, new UpdateConsumerOptions(), TimeProvider.System);
        Consumer.Start();
    }

    public void Checkpoint() => UpdateCheckpoint.Take(_rows!, [Consumer], Quarantine);

    /// <summary>Ends as a kill does: nothing is written that was not written before.</summary>
    public void Die()
    {
        Consumer.Dispose();
        Quarantine.Dispose();
        Store.Dispose();
        _rows!.Dispose();
        _rows = null;
    }

    /// <summary>Waits until so many messages were read in this life.</summary>
    public void WaitForMessages(long count) => TestNode.WaitUntil(() => Consumer.Measure().Messages >= count, () => $"{Consumer.Measure()} after {count} messages were sent");

    /// <summary>The store holds exactly what a dictionary does that keeps the highest version.</summary>
    public void AssertHolds(IEnumerable<FeatureRow> sent)
    {
        var reference = new Dictionary<(FieldSide, string), FeatureRow>();
        foreach (FeatureRow row in sent)
        {
            if (!reference.TryGetValue((row.Entity, row.IdText), out FeatureRow? before) || row.Version > before.Version)
                reference[(row.Entity, row.IdText)] = row;
        }

        foreach (FeatureRow row in reference.Values)
            Assert.Equal(row.IsDeletion ? null : row.ToString(), Store.FindOne(row.Entity, row.Id)?.ToString());
        Assert.Equal(reference.Values.Count(row => !row.IsDeletion), Store.Measure().Users + Store.Measure().Items);
    }

    public void Dispose()
    {
        if (_rows is not null)
            Die();
        Directory.Delete(_folder, recursive: true);
    }
}
