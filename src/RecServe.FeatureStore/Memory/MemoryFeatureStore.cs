using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// Every row in process memory; gone with the process. Look-ups take no lock. A deletion is remembered until <see cref="MemoryFeatureStoreOptions.MaxTombstones"/> later ones
/// have come: an older row of a forgotten one is then taken.
/// </summary>
public sealed class MemoryFeatureStore : IFeatureStore
{
    private readonly MemoryFeatureStoreOptions _options;
    private readonly IdTable<FeatureRow> _rows = new();
    private readonly Queue<(FeatureRow Row, byte[] Id)> _tombstonesByAge = new();
    private readonly Lock _writer = new();
    private readonly long[] _counts = new long[3];
    private long _bytes, _tombstones;

    /// <summary>Makes an empty store.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public MemoryFeatureStore(MemoryFeatureStoreOptions? options = null) => _options = (options ?? new MemoryFeatureStoreOptions()).Checked();

    /// <inheritdoc/>
    public long Count(FieldSide entity) => Volatile.Read(ref _counts[(int)entity]);

    /// <inheritdoc/>
    public void Find(FeatureLookup lookup)
    {
        for (int i = 0; i < lookup.Count; i++)
        {
            _rows.TryGet(lookup.Entity(i), lookup.Id(i), out FeatureRow? row);
            lookup.Fill(i, row);
        }

        lookup.Hot += lookup.Count;
    }

    /// <inheritdoc/>
    public FeatureApplyResult Apply(ReadOnlySpan<FeatureRow> rows, Span<FeatureOutcome> outcomes = default)
    {
        FeatureApplyResult result = default;
        lock (_writer)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                FeatureOutcome outcome = Apply(rows[i]);
                result = result.With(outcome);
                if (!outcomes.IsEmpty)
                    outcomes[i] = outcome;
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public FeatureStoreSnapshot Measure()
    {
        lock (_writer)
        {
            return new FeatureStoreSnapshot
            {
                Users = _counts[(int)FieldSide.User],
                Items = _counts[(int)FieldSide.Item],
                Contexts = _counts[(int)FieldSide.Context],
                Tombstones = _tombstones,
                MemoryBytes = _bytes,
                MemoryRows = _counts.Sum() + _tombstones,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private FeatureOutcome Apply(FeatureRow row)
    {
        _rows.TryGet(row.Entity, row.Id, out FeatureRow? before);
        if (before is not null && row.Version <= before.Version)
            return FeatureOutcome.Stale;
        long more = BytesOf(row) - (before is null ? 0 : BytesOf(before));
        if (more > 0 && !row.IsDeletion && _bytes + more > _options.MaxBytes)
            return FeatureOutcome.Full;
        byte[] id = row.Id.ToArray();
        _rows.Set(row.Entity, id, row);
        _bytes += more;
        Count(before, -1);
        Count(row, 1);
        if (row.IsDeletion)
            _tombstonesByAge.Enqueue((row, id));
        if (_tombstonesByAge.Count > _options.MaxTombstones)
            ForgetOldestTombstone();
        return FeatureOutcome.Applied;
    }

    /// <summary>A deletion that was replaced since stands in the queue still, which is what bounds it, and is passed over.</summary>
    private void ForgetOldestTombstone()
    {
        (FeatureRow oldest, byte[] id) = _tombstonesByAge.Dequeue();
        if (!_rows.TryGet(oldest.Entity, id, out FeatureRow? now) || now != oldest)
            return;
        _rows.Remove(oldest.Entity, id);
        _bytes -= BytesOf(oldest);
        _tombstones--;
    }

    private void Count(FeatureRow? row, int change)
    {
        if (row is null)
            return;
        if (row.IsDeletion)
            _tombstones += change;
        else
            _counts[(int)row.Entity] += change;
    }

    private static long BytesOf(FeatureRow row) => IdTable<FeatureRow>.EntryBytes + row.Id.Length + row.Bytes.Length;
}
