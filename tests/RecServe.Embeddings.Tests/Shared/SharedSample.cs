using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>Tables and rows that the tests of shared rows use, and how they wait for what happens in the background.</summary>
internal static class SharedSample
{
    public const int Dim = 5;

    public static readonly TableId Table = new(0x0123456789ABCDEF), Other = new(0xFEDCBA9876543210);

    /// <summary>Patience for a busy machine; the timing tests set their own.</summary>
    public static readonly TimeSpan Patient = TimeSpan.FromSeconds(1);

    public static SharedRowsOptions Options(string connectionString, TimeSpan? timeout = null, TimeSpan? remember = null) => new()
    {
        ConnectionString = connectionString,
        Timeout = timeout ?? Patient,
        RememberFor = remember ?? TimeSpan.Zero,
        ProbeEvery = TimeSpan.FromMilliseconds(50),
        ReconnectAfter = TimeSpan.FromSeconds(2),
    };

    public static SharedRows Connect(SharedRowsOptions options)
    {
        var rows = new SharedRows(options);
        Serve(rows);
        Until(() => rows.State == SharedRowsState.Closed, "it connects");
        return rows;
    }

    public static void Serve(SharedRows rows)
    {
        rows.Serve(Table, RowPrecision.Fp32, Dim);
        rows.Serve(Other, RowPrecision.Fp32, Dim);
    }

    public static RowDelta Delta(ulong key, ulong version) => RowDelta.Of(key, version, TestRows.Values(key, version, Dim));

    public static byte[] Encoded(ulong key, ulong version) => TestRows.Encode(RowPrecision.Fp32, [key], Dim, version);

    public static void Put(SharedRows rows, TableId table, params RowDelta[] deltas)
    {
        Assert.Equal(deltas.Length, rows.Offer(table, deltas).Queued);
        Assert.True(rows.DrainedAsync(TimeSpan.FromSeconds(20)).Result, "the rows were not written");
    }

    public static TierBatch Batch(params (TableId Table, ulong Key)[] keys)
    {
        var batch = new TierBatch();
        foreach ((TableId table, ulong key) in keys)
            batch.Add(table, key, 0);
        return batch;
    }

    public static TierBatch Batch(TableId table, params ulong[] keys) => Batch([.. keys.Select(key => (table, key))]);

    public static SharedFind Find(SharedRows rows, TierBatch batch) => rows.Find(batch, TimeSpan.FromSeconds(30));

    /// <summary>That an entry holds the row of its key in this version.</summary>
    public static void AssertRow(TierBatch batch, int index, ulong version)
    {
        Assert.Equal(RowTier.Redis, batch.Tier(index));
        Assert.Equal(version, batch.Version(index));
        Assert.Equal(RowPrecision.Fp32, batch.Precision(index));
        Assert.Equal(Encoded(batch.Key(index), version), batch.Row(index).ToArray());
    }

    /// <summary>Lets other threads run until something holds.</summary>
    public static void Until(Func<bool> condition, string what, double seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"not within {seconds} s: {what}");
            Thread.Yield();
            Thread.SpinWait(2000);
        }
    }
}
