namespace RecServe.Embeddings;

/// <summary>Rows to a sample's vector: Σ weight · row, in the order of the sample's keys.</summary>
internal static unsafe class RowPooling
{
    /// <summary>Writes the pooled vector of every sample.</summary>
    /// <param name="lookup">Checked keys, weights and places.</param>
    /// <param name="rows">The row of each key, one after another.</param>
    /// <param name="width">Floats of a row.</param>
    /// <param name="destination">Takes the vectors.</param>
    public static void Pool(in RowLookup lookup, ReadOnlySpan<float> rows, int width, Span<float> destination)
    {
        (int stride, int embedding, int dim, int linear) = lookup.Place;
        fixed (float* row = rows)
        fixed (float* to = destination)
        fixed (float* weight = lookup.Weights)
        fixed (int* offset = lookup.Offsets)
        {
            int samples = lookup.Samples;
            for (int s = 0; s < samples; s++)
            {
                float* vector = to + ((long)s * stride);
                int first = lookup.IsPlain ? s : offset[s], end = lookup.IsPlain ? s + 1 : offset[s + 1];
                if (lookup.IsPlain)
                {
                    RowMath.Copy(row + ((long)s * width), vector + embedding, dim);
                    if (linear >= 0)
                        vector[linear] = row[((long)s * width) + dim];
                    continue;
                }

                new Span<float>(vector + embedding, dim).Clear();
                if (linear >= 0)
                    vector[linear] = 0;
                for (int i = first; i < end; i++)
                {
                    float* from = row + ((long)i * width);
                    RowMath.AddScaled(from, weight[i], vector + embedding, dim);
                    if (linear >= 0)
                        vector[linear] += weight[i] * from[dim];
                }
            }
        }
    }
}
