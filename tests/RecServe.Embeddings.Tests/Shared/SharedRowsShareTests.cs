using Microsoft.Extensions.Time.Testing;
using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

public class SharedRowsShareTests
{
    [Fact]
    public void Share_takes_rows_at_its_rate_and_saves_no_more_than_a_second_of_it()
    {
        var time = new FakeTimeProvider();
        using var rows = new SharedRows(
            new SharedRowsOptions { ConnectionString = "none:1", ShareRowsPerSecond = 100 }, new MemoryStore(lanes: 0), time);
        SharedSample.Serve(rows);
        ulong key = 0;
        Assert.Equal(0, Taken(50));
        time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal(25, Taken(200));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(100, Taken(200));
        Assert.Equal(450 - 125, rows.Measure().ShareSkipped);
        Assert.Equal(125, rows.Measure().Queue.Rows);

        int Taken(int offered)
        {
            int taken = 0;
            for (int i = 0; i < offered; i++, key++)
                taken += rows.Share(SharedSample.Table, key, 0, RowPrecision.Fp32, SharedSample.Encoded(key, 0)) ? 1 : 0;
            return taken;
        }
    }

    [Fact]
    public void Share_leaves_half_of_the_queue_to_changes()
    {
        var time = new FakeTimeProvider();
        using var rows = new SharedRows(new SharedRowsOptions { ConnectionString = "none:1", QueueRows = 10 }, new MemoryStore(lanes: 0), time);
        SharedSample.Serve(rows);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(5, Enumerable.Range(0, 20).Count(key => rows.Share(SharedSample.Table, (ulong)key, 0, RowPrecision.Fp32, SharedSample.Encoded((ulong)key, 0))));
        Assert.Equal(new SharedOffer(5, 0, 2, 0), rows.Offer(SharedSample.Table, [.. Enumerable.Range(100, 7).Select(key => SharedSample.Delta((ulong)key, 1))]));
    }
}
