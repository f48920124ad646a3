using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>
/// Readers beside a writer: every row carries a pattern that follows from its key and version, so a mix of two rows, or a row older than one
/// acknowledged before the gather began, shows.
/// </summary>
[Collection(NativeMemoryTests.Name)]
public class TornReadTests
{
    private const int Dim = 16, Keys = 5_000, Batch = 500;

    // RECSERVE_TEST_BATCHES=300000 runs for minutes.
    private static readonly int Batches =
        int.TryParse(Environment.GetEnvironmentVariable("RECSERVE_TEST_BATCHES"), out int batches) ? batches : 1_500;

    [Fact]
    public void Stamp_a_mix_of_two_rows_is_not_whole()
    {
        float[] row = Stamp(17, 3);
        Assert.Equal(3, VersionOf(17, row));
        float[] other = Stamp(17, 4);
        for (int cut = 1; cut < Dim; cut++)
            Assert.Equal(-1, VersionOf(17, [.. row[..cut], .. other[cut..]]));
    }

    [Fact]
    public void Gather_beside_updates_inserts_and_folds_sees_only_whole_and_acknowledged_rows()
    {
        ulong[] keys = TestRows.Keys(2 * Keys);
        var options = new ResidentTableOptions { Precision = RowPrecision.Fp32, Dim = Dim, Default = TestRows.Constant(Dim, -7) };
        byte[] rows = new byte[Keys * Dim * 4];
        for (int i = 0; i < Keys; i++)
            RowCodec.Encode(RowPrecision.Fp32, Stamp(keys[i], 0), rows.AsSpan(i * Dim * 4, Dim * 4));
        using var table = new ResidentTable(options, keys.AsSpan(0, Keys), rows);

        // acknowledged[i]: version that the writer has been told is applied; -1 for a key without a row.
        int[] acknowledged = [.. Enumerable.Repeat(0, Keys), .. Enumerable.Repeat(-1, Keys)];
        using var done = new CancellationTokenSource();
        string? fault = null;
        long gathered = 0;
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(reader => new Thread(() =>
        {
            var random = new Random(100 + reader);
            int[] picked = new int[Batch], floor = new int[Batch];
            ulong[] asked = new ulong[Batch];
            float[] values = new float[Batch * Dim];
            while (!done.IsCancellationRequested && Volatile.Read(ref fault) is null)
            {
                for (int j = 0; j < Batch; j++)
                {
                    picked[j] = random.Next(random.Next(2) == 0 ? 50 : 2 * Keys);
                    asked[j] = keys[picked[j]];
                    floor[j] = Volatile.Read(ref acknowledged[picked[j]]);
                }

                table.Gather(asked, values);
                for (int j = 0; j < Batch; j++)
                {
                    ReadOnlySpan<float> row = values.AsSpan(j * Dim, Dim);
                    int version = row[0] == -7 ? -1 : VersionOf(asked[j], row);
                    if (version < floor[j])
                        Volatile.Write(ref fault, $"key {picked[j]}: read version {version} after {floor[j]} was acknowledged: {string.Join(' ', row.ToArray())}");
                }

                Interlocked.Add(ref gathered, Batch);
            }
        }))];
        foreach (Thread reader in readers)
            reader.Start();

        var writer = new Random(7);
        int inserted = Keys;
        for (int b = 1; b <= Batches && Volatile.Read(ref fault) is null; b++)
        {
            var touched = new HashSet<int>();
            for (int i = 0; i < 60; i++)
                touched.Add(writer.Next(writer.Next(2) == 0 ? 50 : inserted));
            if (inserted < 2 * Keys)
                touched.UnionWith(Enumerable.Range(inserted, 5));
            inserted = Math.Min(2 * Keys, inserted + 5);
            table.Apply([.. touched.Select(i => RowDelta.Of(keys[i], (ulong)b, Stamp(keys[i], b)))]);
            foreach (int i in touched)
                Volatile.Write(ref acknowledged[i], b);
        }

        done.Cancel();
        foreach (Thread reader in readers)
            reader.Join();
        Assert.Null(fault);
        Assert.True(gathered >= 2 * Batch, "the readers did not get to read");
        Assert.False(table.HasReaders);
    }

    private static float[] Stamp(ulong key, int version)
    {
        float[] row = TestRows.Values(key, (ulong)version, Dim);
        row[0] = version;
        return row;
    }

    /// <summary>The version that a row was stamped with, or -1 if it is not one row.</summary>
    private static int VersionOf(ulong key, ReadOnlySpan<float> row) =>
        row[0] >= 0 && row.SequenceEqual(Stamp(key, (int)row[0])) ? (int)row[0] : -1;
}
