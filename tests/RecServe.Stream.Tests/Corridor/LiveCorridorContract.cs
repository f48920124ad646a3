using System.Diagnostics;

namespace RecServe.Stream.Tests.Corridor;

/// <summary>What the corridor promises where messages come while it is open.</summary>
public abstract class LiveCorridorContract : CorridorContract
{
    [KafkaFact]
    public async Task A_token_is_reached_when_its_message_is_visible_and_not_before()
    {
        Send(Partitions);
        Node.Start(Open());
        Node.WaitForMessages(Partitions);
        FreshnessToken applied = Node.Consumer.Applied;
        Assert.Equal(string.Join(',', Enumerable.Range(0, Partitions).Select(partition => $"rows:{partition}@0")), applied.ToString());
        var next = new FreshnessToken(FreshnessToken.Rows, 0, applied.Places[0].Offset + 1);
        Assert.True(Node.Consumer.HasReached(applied));
        Assert.False(await Node.Consumer.WaitAsync(next, TimeSpan.FromMilliseconds(50)));

        Task<bool> reached = Node.Consumer.WaitAsync(next, TimeSpan.FromMinutes(1));
        Assert.False(reached.IsCompleted);
        Send(1);

        Assert.True(await reached);
        AssertHoldsAll();
    }

    [KafkaFact]
    public void A_paused_shard_applies_nothing_until_it_is_resumed()
    {
        Send(Partitions);
        Node.Start(Open());
        Node.WaitForMessages(Partitions);
        Assert.False(Node.Consumer.Pause(999));
        Assert.True(Node.Consumer.Pause(0));
        TestNode.WaitUntil(() => Node.Consumer.Measure().State == "paused");
        Send(3 * Partitions);
        Node.WaitForMessages(Partitions + (3 * (Partitions - 1)));

        Assert.Equal(0, Node.Consumer.Measure().Shards[0].Applied);
        Assert.True(Node.Consumer.Resume(0));
        Node.WaitForMessages(4 * Partitions);

        Assert.Equal("live", Node.Consumer.Measure().State);
        AssertHoldsAll();
    }

    [KafkaFact]
    public void Lag_and_staleness_tell_of_messages_that_wait()
    {
        Send(Partitions);
        Node.Start(Open());
        Node.WaitForMessages(Partitions);
        TestNode.WaitUntil(() => Node.Consumer.Measure() is { State: "live", Staleness.Ticks: 0 });
        Node.Consumer.Pause();
        TestNode.WaitUntil(() => Node.Consumer.Measure().Shards.All(shard => shard.State == ShardState.Paused));
        var watch = Stopwatch.StartNew();
        Send(2 * Partitions);

        TestNode.WaitUntil(() => Node.Consumer.Measure().Shards.Sum(shard => shard.Lag) == 2 * Partitions && Node.Consumer.Measure().Staleness > TimeSpan.FromMilliseconds(20));
        Node.Consumer.Resume();
        Node.WaitForMessages(3 * Partitions);
        TestNode.WaitUntil(() => Node.Consumer.Measure() is { Staleness.Ticks: 0 });

        Assert.All(Node.Consumer.Measure().Shards, shard => Assert.Equal(0, shard.Lag));
    }
}
