using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>
/// Two readers that promote what they find in a tier below, beside a writer that updates and deletes: every row is stamped with its key and version, so a
/// mix of two rows, or a row older than one acknowledged before the gather, shows. So does an older row that a late promotion left here for ever.
/// </summary>
[Collection(NativeMemoryTests.Name)]
public class CachedTableRaceTests
{
    private const int Dim = 12, Keys = 3_000, Batch = 200;

    // Whole numbers below it are exact as 16-bit floats.
    private const int HalfExact = 2048;

    // RECSERVE_TEST_BATCHES=300000 runs for minutes.
    private static readonly int Batches =
        int.TryParse(Environment.GetEnvironmentVariable("RECSERVE_TEST_BATCHES"), out int batches) ? batches : 2_000;

    [Theory]
    [InlineData(40_000, false, 1)]
    [InlineData(60_000, true, 2)]
    [InlineData(400_000, true, 3)]
    public void Gather_beside_updates_and_promotions_sees_only_whole_and_acknowledged_rows(long budget, bool mixed, ulong seed)
    {
        ulong[] keys = TestRows.Keys(Keys, seed);
        RowPrecision PrecisionOf(int key, long version) => mixed && (key + version) % 3 == 0 ? RowPrecision.Fp16 : RowPrecision.Fp32;
        using CachedTable table = CachedTableTests.Table(budget, RowPrecision.Fp32, Dim, seed);

        // The tier below: versions, negative for a deleted row. The row itself follows from key and version.
        long[] below = [.. Enumerable.Repeat(1L, Keys)], acknowledged = [.. Enumerable.Repeat(1L, Keys)];
        using var done = new CancellationTokenSource();
        string? fault = null;
        long hits = 0, promoted = 0;
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(reader => new Thread(() =>
        {
            var random = new Random(100 + reader);
            int[] picked = new int[Batch];
            long[] floor = new long[Batch], stamps = new long[Batch], looked = new long[Batch];
            ulong[] asked = new ulong[Batch];
            float[] values = new float[Batch * Dim];
            bool[] found = new bool[Batch];
            while (!done.IsCancellationRequested && Volatile.Read(ref fault) is null)
            {
                for (int j = 0; j < Batch; j++)
                {
                    picked[j] = random.Next(random.Next(2) == 0 ? 50 : Keys);
                    asked[j] = keys[picked[j]];
                    floor[j] = Volatile.Read(ref acknowledged[picked[j]]);
                }

                Interlocked.Add(ref hits, table.Gather(asked, values, found));
                for (int j = 0; j < Batch; j++)
                {
                    if (!found[j])
                        continue;
                    ReadOnlySpan<float> row = values.AsSpan(j * Dim, Dim);
                    long version = VersionOf(row), least = Math.Abs(floor[j]);
                    bool whole = row.SequenceEqual(Decoded(PrecisionOf(picked[j], version), asked[j], version));
                    if (!whole || version < least || (version == least && floor[j] < 0))
                        Volatile.Write(ref fault, $"key {picked[j]}: version {version} after {floor[j]} was acknowledged, whole: {whole}");
                }

                for (int j = 0; j < Batch; j++)
                {
                    stamps[j] = table.Stamp(asked[j]);
                    looked[j] = Volatile.Read(ref below[picked[j]]);
                }

                for (int j = 0; j < Batch; j++)
                {
                    if (found[j] || looked[j] < 0)
                        continue;
                    RowPrecision precision = PrecisionOf(picked[j], looked[j]);
                    if (table.Promote(asked[j], (ulong)looked[j], precision, Encoded(precision, asked[j], looked[j]), stamps[j]))
                        Interlocked.Increment(ref promoted);
                }
            }
        }))];
        foreach (Thread reader in readers)
            reader.Start();

        var writer = new Random(7);
        for (int b = 2; b <= Batches && Volatile.Read(ref fault) is null; b++)
        {
            var touched = new HashSet<int>();
            for (int i = 0; i < 30; i++)
                touched.Add(writer.Next(writer.Next(2) == 0 ? 50 : Keys));
            var deleted = touched.Where(key => (key + b) % 11 == 0).ToHashSet();
            foreach (int key in touched)
                Volatile.Write(ref below[key], deleted.Contains(key) ? -b : b);
            table.Apply([.. touched.Select(key => deleted.Contains(key)
                ? RowDelta.Deletion(keys[key], (ulong)b)
                : RowDelta.OfEncoded(keys[key], (ulong)b, PrecisionOf(key, b), Encoded(PrecisionOf(key, b), keys[key], b)))]);
            foreach (int key in touched)
                Volatile.Write(ref acknowledged[key], deleted.Contains(key) ? -b : b);
        }

        done.Cancel();
        foreach (Thread reader in readers)
            reader.Join();
        Assert.Null(fault);
        Assert.True(hits > Batch && promoted > 100, $"{hits} hits, {promoted} promotions: the readers did not get to it");
        Assert.False(table.HasReaders);
        CheckAtRest(table, keys, below);
    }

    /// <summary>With everything still, a row that is here must be the newest.</summary>
    private static void CheckAtRest(CachedTable table, ulong[] keys, long[] below)
    {
        var values = new float[Keys * Dim];
        var found = new bool[Keys];
        Assert.Equal(table.Measure().Rows, table.Gather(keys, values, found));
        for (int i = 0; i < Keys; i++)
        {
            if (found[i])
                Assert.Equal(below[i], VersionOf(values.AsSpan(i * Dim)));
        }
    }

    private static long VersionOf(ReadOnlySpan<float> row) => (long)row[0] + ((long)row[1] * HalfExact);

    private static float[] Stamped(ulong key, long version)
    {
        float[] row = TestRows.Values(key, (ulong)version, Dim);
        (row[0], row[1]) = (version % HalfExact, version / HalfExact);
        return row;
    }

    private static byte[] Encoded(RowPrecision precision, ulong key, long version)
    {
        byte[] row = new byte[RowCodec.RowBytes(precision, Dim)];
        Assert.True(RowCodec.Encode(precision, Stamped(key, version), row).Ok);
        return row;
    }

    private static float[] Decoded(RowPrecision precision, ulong key, long version)
    {
        float[] row = new float[Dim];
        RowCodec.Decode(precision, Encoded(precision, key, version), row);
        return row;
    }
}
