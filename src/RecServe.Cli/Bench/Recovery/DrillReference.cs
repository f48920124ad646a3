using RecServe.Embeddings;

namespace RecServe.Cli.Bench.Recovery;

/// <summary>What the table must hold after a number of batches: the newest version of each key.</summary>
internal sealed class DrillReference(DrillUpdates updates)
{
    private readonly Dictionary<ulong, ulong> _versions = [];

    /// <summary>Batches that are in.</summary>
    public long Batches { get; private set; }

    /// <summary>Goes forward to a number of batches.</summary>
    /// <param name="batches">How many.</param>
    /// <param name="isSent">Which of them were sent; null for all.</param>
    public void Advance(long batches, Func<long, bool>? isSent = null)
    {
        for (; Batches < batches; Batches++)
        {
            if (isSent?.Invoke(Batches) == false)
                continue;
            for (long update = Batches * DrillUpdates.BatchSize; update < (Batches + 1) * DrillUpdates.BatchSize; update++)
                _versions[updates.KeyOf(update)] = (ulong)update + 1;
        }
    }

    /// <summary>Looks at every row of a store that must hold at least what is here.</summary>
    /// <param name="store">What was recovered.</param>
    /// <param name="exactly">Whether it must hold no more either.</param>
    public DrillFindings Compare(IRowStore store, bool exactly)
    {
        Dictionary<ulong, ulong> found = [];
        int torn = 0, lost = 0, unknown = 0;
        store.Scan(DrillUpdates.Table, (key, version, _, row, isDeleted, _) =>
        {
            if (found.GetValueOrDefault(key) <= version)
                found[key] = version;
            long update = (long)version - 1;
            if (updates.KeyOf(update) != key || updates.IsDeletion(update) != isDeleted)
                unknown++;
            else if (!isDeleted && !row.SequenceEqual(DrillUpdates.Row(key, version)))
                torn++;
            return true;
        });

        // Requests do not scan: what they would get is looked at as well.
        var batch = new TierBatch();
        foreach (ulong[] keys in _versions.Keys.Chunk(10_000))
        {
            batch.Clear();
            foreach (ulong key in keys)
                batch.Add(DrillUpdates.Table, key, 0);
            store.Find(batch);
            for (int i = 0; i < keys.Length; i++)
            {
                bool isThere = batch.IsDeleted(i) || batch.Tier(i) != RowTier.None;
                if (!isThere || batch.Version(i) < _versions[keys[i]] || batch.Version(i) != found.GetValueOrDefault(keys[i]))
                    lost++;
                else if (!batch.IsDeleted(i) && !batch.Row(i).SequenceEqual(DrillUpdates.Row(keys[i], batch.Version(i))))
                    torn++;
            }
        }

        int different = exactly ? found.Count(pair => _versions.GetValueOrDefault(pair.Key) != pair.Value) + Math.Abs(found.Count - _versions.Count) : 0;
        return new DrillFindings(lost, torn, unknown, different);
    }
}
