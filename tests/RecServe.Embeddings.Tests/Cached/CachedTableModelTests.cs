using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>Random promotions, updates and deletions of rows in several precisions, beside a dictionary of what the tier below would hold.</summary>
[Collection(NativeMemoryTests.Name)]
public class CachedTableModelTests
{
    private const int Dim = 6;

    [Theory]
    [InlineData(40_000, 400, 1, 1)]
    [InlineData(16_384, 3000, 6, 2)]
    [InlineData(60_000, 5000, 6, 3)]
    [InlineData(60_000, 5000, 2, 4)]
    [InlineData(200_000, 2000, 3, 5)]
    public void Rows_that_are_here_are_those_below_whatever_is_done(long budget, int keyCount, int precisions, int seed)
    {
        ulong[] keys = TestRows.Keys(keyCount, (ulong)seed);
        var random = new Random(seed);
        var below = new Dictionary<ulong, (ulong Version, RowPrecision Precision)>();
        using CachedTable table = CachedTableTests.Table(budget, RowPrecision.Int8, Dim, (ulong)seed);
        for (int step = 1; step <= 40_000; step++)
        {
            ulong key = keys[(int)(keyCount * Math.Pow(random.NextDouble(), 3))];
            RowPrecision precision = (RowPrecision)((step / 5000 + random.Next(precisions)) % 6);
            switch (random.Next(8))
            {
                case 0:
                    below[key] = ((ulong)step, precision);
                    table.Apply([RowDelta.OfEncoded(key, (ulong)step, precision, TestRows.Encode(precision, [key], Dim, (ulong)step))]);
                    break;
                case 1 when random.Next(4) == 0:
                    below.Remove(key);
                    table.Apply([RowDelta.Deletion(key, (ulong)step)]);
                    break;
                default:
                    if (!below.TryGetValue(key, out var row))
                        below[key] = row = ((ulong)step, precision);
                    if (table.Gather([key], new float[Dim]) == 0)
                        CachedTableTests.Promote(table, key, row.Version, row.Precision);
                    break;
            }

            if (step % 4000 == 0)
                Check(table, keys, below, budget);
        }
    }

    private static void Check(CachedTable table, ulong[] keys, Dictionary<ulong, (ulong Version, RowPrecision Precision)> below, long budget)
    {
        var values = new float[keys.Length * Dim];
        var found = new bool[keys.Length];
        int hits = table.Gather(keys, values, found);
        var counted = new SortedDictionary<RowPrecision, long>();
        for (int i = 0; i < keys.Length; i++)
        {
            if (!found[i])
            {
                Assert.Equal(TestRows.Constant(Dim, -7), values[(i * Dim)..((i + 1) * Dim)]);
                continue;
            }

            (ulong version, RowPrecision precision) = below[keys[i]];
            Assert.Equal(TestRows.Decoded(precision, keys[i], version, Dim), values[(i * Dim)..((i + 1) * Dim)]);
            counted[precision] = counted.GetValueOrDefault(precision) + 1;
        }

        HotRowBytes bytes = table.Measure();
        Assert.Equal(hits, bytes.Rows);
        Assert.Equal([.. counted.Select(pair => (pair.Key, pair.Value, pair.Value * RowCodec.RowBytes(pair.Key, Dim)))], bytes.Precisions);
        Assert.True(bytes.Total <= budget);
        Assert.True(hits > Math.Min(keys.Length / 2, budget / 120), $"only {hits} rows in {budget} bytes");
    }
}
