using System.Security.Cryptography;
using System.Text;
using RecServe.Embeddings;
using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// Rows in the node's store (memory, then disk), those that are asked for in process memory above it. What was applied outlives the process with the node's next checkpoint, which
/// also holds how far each source of rows was applied.
/// <para>
/// The store below finds a row by the XXH64 of its id; the id stands in the row and is compared, so another id with the same hash is told apart, and the one that came first keeps
/// the place. Deletions are remembered for good; they take a few words each and do not name their id.
/// </para>
/// </summary>
public sealed partial class DurableFeatureStore : IFeatureStore
{
    private readonly IRowStore _store;
    private readonly FeatureCache _hot;
    private readonly TableId[] _tables = new TableId[3];
    private readonly long[] _counts = new long[3];
    private long _collisions;

    /// <summary>Puts the store of features on the node's store.</summary>
    /// <param name="store">The caller's to checkpoint and to dispose of; nobody else writes to these tables.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DurableFeatureStore(IRowStore store, DurableFeatureStoreOptions? options = null)
    {
        options = (options ?? new DurableFeatureStoreOptions()).Checked();
        (_store, _hot) = (store, new FeatureCache(options.HotBytes));
        foreach (FieldSide entity in Enum.GetValues<FieldSide>())
        {
            string name = $"{options.Name}/{FeatureSchema.NameOf(entity)}";

            // A table of rows is known by its package's lineage, which is never empty, and checksum.
            TableId id = TableId.Of("", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))));
            _counts[(int)entity] = store.RegisterBytes(_tables[(int)entity] = id, name).Rows;
        }
    }

    /// <summary>Rows that were not taken, and look-ups that were not answered, because another id has the same hash.</summary>
    public long Collisions => Interlocked.Read(ref _collisions);

    /// <inheritdoc/>
    public long Count(FieldSide entity) => Volatile.Read(ref _counts[(int)entity]);

    /// <inheritdoc/>
    public void Find(FeatureLookup lookup)
    {
        for (int i = 0; i < lookup.Count; i++)
        {
            ReadOnlySpan<byte> id = lookup.Id(i);
            if (_hot.TryGet(lookup.Entity(i), id, out FeatureRow? row))
            {
                lookup.Hot++;
                lookup.Fill(i, row);
            }
            else if (id.Length is > 0 and <= FeatureLimits.TextBytes)
            {
                ulong key = RowKey.Hash64(id);
                lookup.LookBelow(i, _tables[(int)lookup.Entity(i)], key, _hot.Stamp(key));
            }
        }

        if (lookup.Below.Count > 0)
            FindBelow(lookup);
    }

    /// <inheritdoc/>
    public FeatureStoreSnapshot Measure()
    {
        (long bytes, long rows) = _hot.Measure();
        StoredTable[] tables = [.. _store.Measure().Tables];
        return new FeatureStoreSnapshot
        {
            Users = Of(FieldSide.User).Rows,
            Items = Of(FieldSide.Item).Rows,
            Contexts = Of(FieldSide.Context).Rows,
            Tombstones = Enum.GetValues<FieldSide>().Sum(entity => Of(entity).Tombstones),
            MemoryBytes = bytes,
            MemoryRows = rows,
        };

        StoredTable Of(FieldSide entity) => tables.Single(table => table.Id == _tables[(int)entity]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void FindBelow(FeatureLookup lookup)
    {
        TierBatch below = lookup.Below;
        long unanswered = _store.UnansweredReads;
        _store.Find(below);
        bool isWhole = _store.UnansweredReads == unanswered;
        if (!isWhole)
            lookup.Fault = FeatureLookup.StoreFault;
        for (int j = 0; j < below.Count; j++)
        {
            int i = lookup.EntryBelow(j);
            FeatureRow? row = null;
            bool isFound = below.Tier(j) != RowTier.None;
            if (isFound)
            {
                FeatureRow.Read(below.Row(j), out row);
                if (row is null || !row.Id.SequenceEqual(lookup.Id(i)))
                {
                    row = null;
                    Interlocked.Increment(ref _collisions);
                }

                lookup.Fill(i, row);
            }

            // What the disk could not say may be there: only what is known is remembered.
            if (isFound || below.IsDeleted(j) || isWhole)
                _hot.Promote(lookup.Entity(i), lookup.Id(i), below.Key(j), row, row is null && isFound ? 0 : below.Version(j), below.Stamp(j));
        }
    }
}
