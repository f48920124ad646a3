using RecServe.Api.Models;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Api.Rank;

/// <summary>
/// Stage 5: row keys become floats. Each table is asked once with all its keys; the user's tables once a request, not once a candidate. What process memory lacks is
/// looked for below in one batch for all tables, so that a request waits for disk or network once at most.
/// </summary>
internal static class RequestGather
{
    /// <summary>Gathers both sides.</summary>
    /// <param name="model">Whose tables.</param>
    /// <param name="batch">The encoded features.</param>
    /// <param name="off">One flag a field: its mean instead of its rows, which are not looked up.</param>
    /// <param name="scratch">The request's memory of gathers.</param>
    /// <param name="pending">One for each table.</param>
    /// <param name="user">Takes the user's vector.</param>
    /// <param name="items">Takes one vector a candidate.</param>
    /// <param name="counted">Whether the rows count in the server's metrics.</param>
    public static GatherCounts Gather(ServingModel model, FeatureBatch batch, ReadOnlySpan<bool> off, GatherScratch scratch, Span<PendingRows> pending, Span<float> user, Span<float> items,
        bool counted = true)
    {
        ModelLayout layout = model.Scorer.Layout;
        scratch.Begin();
        GatherCounts total = Start(model, layout.User, batch, off, scratch, user, pending, counted) + Start(model, layout.Item, batch, off, scratch, items, pending, counted);
        if (scratch.Missing.Count == 0)
            return total;
        model.Tables.Tiers.Find(scratch.Missing);
        return total + Finish(model, layout.User, batch, scratch, user, pending, counted) + Finish(model, layout.Item, batch, scratch, items, pending, counted);
    }

    private static GatherCounts Start(ServingModel model, SideLayout side, FeatureBatch batch, ReadOnlySpan<bool> off, GatherScratch scratch, Span<float> vectors,
        Span<PendingRows> pending, bool counted)
    {
        GatherCounts total = default;
        for (int i = 0; i < side.Slots.Count; i++)
        {
            FieldSlot slot = side.Slots[i];
            if (off[slot.Field] || model.FieldsRemoved[slot.Field])
            {
                PutMean(model.FieldMeans[slot.Field], slot, side.Width, vectors);
                continue;
            }

            GatherCounts counts = model.Tables[slot.Field].Start(Lookup(side, slot, batch), vectors, scratch, out pending[slot.Field]);
            if (counted)
                model.RowCounters[slot.Field].Add(counts);
            total += counts;
        }

        return total;
    }

    private static GatherCounts Finish(ServingModel model, SideLayout side, FeatureBatch batch, GatherScratch scratch, Span<float> vectors, Span<PendingRows> pending, bool counted)
    {
        GatherCounts total = default;
        for (int i = 0; i < side.Slots.Count; i++)
        {
            FieldSlot slot = side.Slots[i];
            if (pending[slot.Field].Count == 0)
                continue;
            GatherCounts counts = model.Tables[slot.Field].Finish(Lookup(side, slot, batch), vectors, scratch, pending[slot.Field]);
            if (counted)
                model.RowCounters[slot.Field].Add(counts);
            total += counts;
        }

        return total;
    }

    private static void PutMean(ReadOnlySpan<float> mean, FieldSlot slot, int width, Span<float> vectors)
    {
        for (int start = 0; start < vectors.Length; start += width)
        {
            mean[..slot.Dim].CopyTo(vectors[(start + slot.EmbeddingOffset)..]);
            if (slot.LinearOffset >= 0)
                vectors[start + slot.LinearOffset] = mean[slot.Dim];
        }
    }

    private static RowLookup Lookup(SideLayout side, FieldSlot slot, FeatureBatch batch)
    {
        FeatureColumn column = batch[slot.Field];
        return new RowLookup(column.Keys, column.Weights, column.Offsets, column.IsPlain, new VectorPlace(side.Width, slot.EmbeddingOffset, slot.Dim, slot.LinearOffset));
    }
}
