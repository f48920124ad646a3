using RecServe.Api.Models;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Api.Rank;

/// <summary>Stage 5: row keys become floats. Each table is asked once with all its keys; the user's tables once a request, not once a candidate.</summary>
internal static class RequestGather
{
    /// <summary>Gathers one side.</summary>
    /// <param name="model">Whose tables.</param>
    /// <param name="side">Where the floats go.</param>
    /// <param name="batch">The encoded features.</param>
    /// <param name="scratch">Reused between calls.</param>
    /// <param name="vectors">Takes one vector of <see cref="SideLayout.Width"/> floats a sample.</param>
    public static GatherCounts Gather(ServingModel model, SideLayout side, FeatureBatch batch, GatherScratch scratch, Span<float> vectors)
    {
        GatherCounts total = default;
        for (int i = 0; i < side.Slots.Count; i++)
        {
            FieldSlot slot = side.Slots[i];
            FeatureColumn column = batch[slot.Field];
            GatherCounts counts = model.Tables[slot.Field].Gather(column.Keys, column.Weights, column.Offsets, column.IsPlain,
                vectors, side.Width, slot.EmbeddingOffset, slot.Dim, slot.LinearOffset, scratch);
            model.RowCounters[slot.Field].Add(counts.Hot, counts.Default);
            total += counts;
        }

        return total;
    }
}
