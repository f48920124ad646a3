using System.Runtime.InteropServices;

namespace RecServe.Training.Data;

/// <summary>Decides the part of every sample. Of n ordered samples the first ⌈n·train%⌉ are train, those up to ⌈n·(train+valid)%⌉ valid, the rest test.</summary>
internal static class SplitAssignment
{
    /// <summary>The part of each sample, in file order.</summary>
    public static DataPart[] Of(DataSplit split, SampleLog samples, ulong seed)
    {
        var parts = new DataPart[samples.Count];
        if (split.Kind == DataSplitKind.PerUserTime)
        {
            int[] order = ByTime(samples);
            foreach (IGrouping<int, int> user in order.GroupBy(sample => samples.Users[sample]))
                Cut(split, [.. user], parts);
        }
        else
        {
            Cut(split, split.Kind == DataSplitKind.Time ? ByTime(samples) : Shuffled(samples.Count, seed), parts);
        }

        return parts;
    }

    private static void Cut(DataSplit split, ReadOnlySpan<int> order, DataPart[] parts)
    {
        long train = Share(order.Length, split.Train), valid = Share(order.Length, split.Train + split.Valid);
        for (int i = 0; i < order.Length; i++)
            parts[order[i]] = i < train ? DataPart.Train : i < valid ? DataPart.Valid : DataPart.Test;
    }

    // Rounded up, so that the first samples of a user with few of them are learned from.
    private static long Share(int count, int percent) => ((long)count * percent + 99) / 100;

    private static int[] ByTime(SampleLog samples)
    {
        int[] order = [.. Enumerable.Range(0, samples.Count)];
        long[] times = [.. CollectionsMarshal.AsSpan(samples.Times)];
        // Equal times keep file order: the index decides.
        Array.Sort(order, (a, b) => times[a] != times[b] ? times[a].CompareTo(times[b]) : a.CompareTo(b));
        return order;
    }

    // Fisher-Yates with SplitMix64 (Steele, Lea, Flood 2014): the same order on every platform and runtime.
    private static int[] Shuffled(int count, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            seed += 0x9E3779B97F4A7C15;
            ulong z = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            int j = (int)Math.BigMul(z ^ (z >> 31), (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
