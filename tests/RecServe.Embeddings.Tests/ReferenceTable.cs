using RecServe.Artifacts;

namespace RecServe.Embeddings.Tests;

/// <summary>The same look-up by the framework's dictionary, one float at a time.</summary>
internal sealed class ReferenceTable(PackageTable table)
{
    private readonly Dictionary<ulong, int> _rows = table.Keys.Index().ToDictionary(k => k.Item, k => k.Index);

    public ReadOnlySpan<float> Row(ulong key) => _rows.TryGetValue(key, out int row)
        ? table.Rows.AsSpan(row * table.Width, table.Width)
        : key != 0 && table.Unknown is not null ? table.Unknown : table.Default;

    public GatherCounts Gather(ulong[] keys, float[] weights, int[] offsets, float[] destination, int stride, int embeddingOffset, int dim, int linearOffset)
    {
        for (int s = 0; s < offsets.Length - 1; s++)
        {
            for (int d = 0; d < table.Width; d++)
            {
                float sum = 0;
                for (int i = offsets[s]; i < offsets[s + 1]; i++)
                    sum += weights[i] * Row(keys[i])[d];
                if (d < dim)
                    destination[(s * stride) + embeddingOffset + d] = sum;
                else
                    destination[(s * stride) + linearOffset] = sum;
            }
        }

        ulong[] distinct = [.. keys.Distinct()];
        int hot = distinct.Count(_rows.ContainsKey);
        return new GatherCounts(hot, 0, 0, 0, distinct.Length - hot);
    }
}
