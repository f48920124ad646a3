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
    public async Task A_large_batch_lets_others_go_first_between_its_portions()
    {
        // The cores are taken from when the first row is visible until somebody says otherwise.
        TestNode? started = null;
        bool isFree = false;
        using TestNode node = NodeThat(() => !Volatile.Read(ref isFree) && Volatile.Read(ref started) is { } ready && IsVisible(ready, 1), TimeSpan.FromHours(1));
        Volatile.Write(ref started, node);
        await SendAsync(node, rows: 1_000);

        Assert.True(SpinWait.SpinUntil(() => IsVisible(node, 1), TimeSpan.FromMinutes(1)));
        Thread.Sleep(200);
        Assert.False(IsVisible(node, 1_000));
        Assert.Equal(0, node.Consumer.Measure().Messages);
        Volatile.Write(ref isFree, true);

        node.WaitForMessages(1);
        Assert.All(Enumerable.Range(1, 1_000), key => Assert.True(IsVisible(node, (ulong)key)));
        Assert.Equal(1_000, node.Consumer.Measure().Applied);
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

    private static bool IsVisible(TestNode node, ulong key)
    {
        bool[] found = new bool[1];
        node.Table.ReadHot([key], new float[TestUpdates.Width], found);
        return found[0];
    }

    private async Task SendAsync(TestNode node, int rows = 1)
    {
        Embeddings.RowDelta[] deltas = [.. Enumerable.Range(1, rows).Select(key => Embeddings.RowDelta.Of((ulong)key, 1, new float[TestUpdates.Width]))];
        byte[] message = RowUpdateCodec.Encode(new RowUpdate(TestUpdates.Lineage, node.Table.Name, "trainer", 0, deltas, []));
        Assert.Equal(0, await _log.AppendAsync(0, default, message, 0, CancellationToken.None));
    }
}
