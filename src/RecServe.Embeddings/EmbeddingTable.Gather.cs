using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed partial class EmbeddingTable
{
    /// <summary>
    /// Writes the pooled vector of every sample: Σ weight · row over its keys. A key without a row gets the unknown row where the table has one (not key 0), else
    /// the default row. Allocates nothing once <paramref name="scratch"/> has grown.
    /// </summary>
    /// <param name="lookup">Keys and places.</param>
    /// <param name="destination">Takes the vectors.</param>
    /// <param name="scratch">Reused between calls, by one caller at a time.</param>
    /// <returns>The distinct keys of this call, by the tier that answered.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public GatherCounts Gather(in RowLookup lookup, Span<float> destination, GatherScratch scratch)
    {
        scratch.Begin();
        GatherCounts counts = Start(lookup, destination, scratch, out PendingRows pending);
        if (pending.Count == 0)
            return counts;
        _tiers.Find(scratch.Missing);
        return counts + Finish(lookup, destination, scratch, pending);
    }

    /// <summary>
    /// The first half of a gather, without a wait: looks into process memory. Where a tier below may have what is missing, the rows are kept and the missing keys
    /// join <see cref="GatherScratch.Missing"/>, so that one request asks the tiers once for all of its tables.
    /// </summary>
    /// <param name="lookup">Keys and places.</param>
    /// <param name="destination">Takes the vectors, if nothing is pending.</param>
    /// <param name="scratch">The request's.</param>
    /// <param name="pending">For <see cref="Finish"/> once the tiers were asked; its count is 0 if the vectors are written.</param>
    /// <returns>The distinct keys that are answered now.</returns>
    public GatherCounts Start(in RowLookup lookup, Span<float> destination, GatherScratch scratch, out PendingRows pending)
    {
        lookup.Check(Name, Width, destination.Length);
        int keys = lookup.Keys.Length, first = scratch.Missing.Count;
        Span<float> rows = scratch.Values(keys * Width);
        Span<bool> found = scratch.Found(keys);
        int here = keys == 0 ? 0 : _hot.Gather(lookup.Keys, rows, found);
        bool isFinal = here == keys || !_tiers.HasRowsBeyond(_hot);
        scratch.BeginTable(keys);
        int hot = 0, absent = 0;
        for (int i = 0; i < keys; i++)
        {
            if (!scratch.Add(lookup.Keys[i], out Span<int> entry))
            {
                // The row left between two looks for the same key: it is what the first look found. What the first look lacked is asked for below.
                if (!found[i] && entry[0] >= 0)
                    rows.Slice(entry[0] * Width, Width).CopyTo(rows.Slice(i * Width, Width));
                continue;
            }

            entry[0] = found[i] ? i : -1;
            if (found[i])
                hot++;
            else if (isFinal)
                absent++;
            else
                scratch.Missing.Add(Id, lookup.Keys[i], _hot.Stamp(lookup.Keys[i]));
        }

        bool isAnswered = isFinal || scratch.Missing.Count == first;
        pending = isAnswered ? default : new PendingRows(scratch.Keep(keys * Width), first, scratch.Missing.Count - first);
        if (isAnswered)
            RowPooling.Pool(lookup, rows, Width, destination);
        return new GatherCounts(hot, 0, 0, 0, absent);
    }

    /// <summary>The second half, after the tiers were asked: puts the found rows in, promotes them to process memory, and pools.</summary>
    /// <param name="lookup">As given to <see cref="Start"/>.</param>
    /// <param name="destination">Takes the vectors.</param>
    /// <param name="scratch">As given to <see cref="Start"/>.</param>
    /// <param name="pending">What <see cref="Start"/> gave; not empty.</param>
    /// <returns>The distinct keys that were missing, by the tier that answered.</returns>
    public GatherCounts Finish(in RowLookup lookup, Span<float> destination, GatherScratch scratch, PendingRows pending)
    {
        TierBatch missing = scratch.Missing;
        GatherCounts counts = default;
        scratch.BeginTable(lookup.Keys.Length);
        for (int i = pending.First; i < pending.First + pending.Count; i++)
        {
            scratch.Add(missing.Key(i), out Span<int> entry);
            entry[0] = i;
            RowTier tier = missing.Tier(i);
            counts = counts.With(tier);
            if (tier != RowTier.None)
                _hot.Promote(missing.Key(i), missing.Version(i), missing.Precision(i), missing.Row(i), missing.Stamp(i));

            // What this node had to fetch from its store, others that start will want too.
            if (tier is RowTier.FasterMemory or RowTier.FasterDisk)
                _tiers.Shared?.Share(Id, missing.Key(i), missing.Version(i), missing.Precision(i), missing.Row(i));
        }

        Span<float> rows = scratch.Kept(pending.Kept, lookup.Keys.Length * Width);
        for (int i = 0; i < lookup.Keys.Length; i++)
        {
            // A key that is new here was found in process memory: its row stands there already.
            int at = scratch.Add(lookup.Keys[i], out Span<int> entry) ? entry[0] = -1 : entry[0];
            if (at >= 0 && missing.Tier(at) != RowTier.None)
                RowCodec.Decode(missing.Precision(at), missing.Row(at), rows.Slice(i * Width, Width));
        }

        RowPooling.Pool(lookup, rows, Width, destination);
        return counts;
    }
}
