namespace RecServe.Stream.Tests.Corridor;

/// <summary>A corridor lets what must not wait go first: for a time, and not where somebody waits for what it is about to apply.</summary>
public sealed class GivingWayTests
{
    [Fact]
    public async Task A_batch_stands_while_the_cores_are_taken_and_goes_on_when_they_are_free()
    {
        bool isBusy = true;
        using TestNode node = NodeThat(() => Volatile.Read(ref isBusy), TimeSpan.FromHours(1));
        await SendAsync(node);

        Thread.Sleep(200);
        Assert.Equal(0, node.Consumer.Measure().Messages);
        Volatile.Write(ref isBusy, false);

        node.WaitForMessages(1);
    }

    [Fact]
    public async Task A_batch_that_somebody_waits_for_goes_first()
    {
        using TestNode node = NodeThat(() => true, TimeSpan.FromHours(1));
        await SendAsync(node);

        Assert.True(await node.Consumer.WaitAsync(new FreshnessToken(FreshnessToken.Rows, 0, 0), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_batch_stands_for_no_longer_than_it_may()
    {
        int asked = 0;
        using TestNode node = NodeThat(() => Interlocked.Increment(ref asked) > 0, TimeSpan.FromMilliseconds(1));
        await SendAsync(node);

        node.WaitForMessages(1);
        Assert.InRange(asked, 2, int.MaxValue);
    }

    [Fact]
    public async Task A_corridor_that_is_closed_does_not_stand()
    {
        TestNode node = NodeThat(() => true, TimeSpan.FromHours(1));
        await SendAsync(node);
        Thread.Sleep(50);

        await Task.Run(node.Dispose).WaitAsync(TimeSpan.FromMinutes(1));
    }

    private readonly MemoryLog _log = new(1, bytes: 1 << 20);

    private TestNode NodeThat(Func<bool> isBusy, TimeSpan longest)
    {
        var node = new TestNode { Options = new UpdateConsumerOptions { IsBusy = isBusy, LongestGivingWay = longest } };
        node.Start(_log.Reader("recserve.rows"));
        return node;
    }

    private async Task SendAsync(TestNode node)
    {
        byte[] message = RowUpdateCodec.Encode(new RowUpdate(TestUpdates.Lineage, node.Table.Name, "trainer", 0, [Embeddings.RowDelta.Of(7, 1, new float[TestUpdates.Width])], []));
        Assert.Equal(0, await _log.AppendAsync(0, default, message, 0, CancellationToken.None));
    }
}
