using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RecServe.Embeddings;

public sealed unsafe partial class EmbeddingTable
{
    /// <summary>
    /// Keys hashed and prefetched ahead of the ones being copied. Measured elsewhere on this layout: 16 is too few to hide a memory
    /// access, beyond 40 nothing is gained.
    /// </summary>
    private const int Group = 32;

    /// <summary>
    /// Writes the pooled vector of every sample: Σ weight · row over its keys; the embedding to one place of the sample's destination
    /// row, the first-order weight to another. A key without a row gets the unknown row where the table has one (not key 0), else the
    /// default row. Allocates nothing once <paramref name="scratch"/> has grown.
    /// </summary>
    /// <param name="keys">Keys of all samples, one after another.</param>
    /// <param name="weights">A weight for each key; not read if <paramref name="plain"/>.</param>
    /// <param name="offsets">Samples + 1 offsets into <paramref name="keys"/>, from 0 to its length; not read if <paramref name="plain"/>.</param>
    /// <param name="plain">Whether every sample has exactly one key of weight 1.</param>
    /// <param name="destination">Sample s writes floats [s·stride + embeddingOffset, + dim) and float s·stride + linearOffset.</param>
    /// <param name="stride">Floats from one sample to the next.</param>
    /// <param name="embeddingOffset">Place of the embedding in a sample's floats.</param>
    /// <param name="dim">Floats of the embedding; with the first-order weight, if any, <see cref="Width"/>.</param>
    /// <param name="linearOffset">Place of the first-order weight in a sample's floats, or −1 for rows without one.</param>
    /// <param name="scratch">Reused between calls, by one caller at a time.</param>
    /// <returns>How many distinct keys of this call have a row, and how many not.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public GatherCounts Gather(ReadOnlySpan<ulong> keys, ReadOnlySpan<float> weights, ReadOnlySpan<int> offsets, bool plain,
        Span<float> destination, int stride, int embeddingOffset, int dim, int linearOffset, GatherScratch scratch)
    {
        int samples = plain ? keys.Length : offsets.Length - 1;
        CheckDestination(destination.Length, samples, stride, embeddingOffset, dim, linearOffset);
        if (!plain)
            CheckOffsets(offsets, keys.Length, weights.Length);
        if (keys.IsEmpty && samples == 0)
            return default;

        scratch.Begin(keys.Length);
        int hot = 0, absent = 0, sample = 0;
        byte** homes = stackalloc byte*[2 * Group];
        fixed (ulong* key = keys)
        fixed (float* weight = weights)
        fixed (int* offset = offsets)
        fixed (float* to = destination)
        {
            if (!plain)
                Clear(to, samples, stride, embeddingOffset, dim, linearOffset);
            Prefetch(key, 0, keys.Length, homes);
            for (int start = 0; start < keys.Length; start += Group)
            {
                Prefetch(key, start + Group, keys.Length, homes);
                int end = Math.Min(start + Group, keys.Length);
                for (int i = start; i < end; i++)
                {
                    bool found = Find(key[i], homes[i & ((2 * Group) - 1)], out float* row);
                    if (scratch.Add(key[i]))
                    {
                        hot += found ? 1 : 0;
                        absent += found ? 0 : 1;
                    }

                    if (plain)
                    {
                        float* vector = to + ((long)i * stride);
                        RowMath.Copy(row, vector + embeddingOffset, dim);
                        if (linearOffset >= 0)
                            vector[linearOffset] = row[dim];
                    }
                    else
                    {
                        while (i >= offset[sample + 1])
                            sample++;
                        float* vector = to + ((long)sample * stride);
                        RowMath.AddScaled(row, weight[i], vector + embeddingOffset, dim);
                        if (linearOffset >= 0)
                            vector[linearOffset] += weight[i] * row[dim];
                    }
                }
            }
        }

        GC.KeepAlive(this);
        return new GatherCounts(hot, absent);
    }

    /// <summary>Finds the home slots of the group of keys at <paramref name="start"/> and asks for their cache lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(ulong* keys, int start, int count, byte** homes)
    {
        int end = Math.Min(start + Group, count);
        for (int i = start; i < end; i++)
        {
            byte* home = Home(keys[i]);
            homes[i & ((2 * Group) - 1)] = home;
            // No portable prefetch exists in .NET 10; other processors do without.
            if (Sse.IsSupported)
            {
                for (int b = 0; b < _slotBytes; b += 64)
                    Sse.Prefetch0(home + b);
                Sse.Prefetch0(home + _slotBytes - 1);
            }
        }
    }

    private static void Clear(float* to, int samples, int stride, int embeddingOffset, int dim, int linearOffset)
    {
        for (int s = 0; s < samples; s++)
        {
            float* vector = to + ((long)s * stride);
            new Span<float>(vector + embeddingOffset, dim).Clear();
            if (linearOffset >= 0)
                vector[linearOffset] = 0;
        }
    }

    private void CheckDestination(int length, int samples, int stride, int embeddingOffset, int dim, int linearOffset)
    {
        if (dim < 0 || dim + (linearOffset >= 0 ? 1 : 0) != Width)
            throw new ArgumentException($"table '{Name}' has rows of {Width} floats, asked for {dim} and {(linearOffset >= 0 ? "a" : "no")} first-order weight");
        long last = (long)stride * Math.Max(0, samples - 1);
        if (stride < 0 || embeddingOffset < 0 || (samples > 0 && last + Math.Max((long)embeddingOffset + dim, (long)linearOffset + 1) > length))
            throw new ArgumentException($"table '{Name}': {samples} samples of stride {stride}, embedding at {embeddingOffset}, weight at {linearOffset} do not fit {length} floats");
    }

    private void CheckOffsets(ReadOnlySpan<int> offsets, int keys, int weights)
    {
        bool fits = offsets.Length > 0 && offsets[0] == 0 && offsets[^1] == keys && weights >= keys;
        for (int i = 1; fits && i < offsets.Length; i++)
            fits = offsets[i] >= offsets[i - 1];
        if (!fits)
            throw new ArgumentException($"table '{Name}': offsets must ascend from 0 to the {keys} keys, each with one of the {weights} weights");
    }
}
