namespace RecServe.Stream.Tests.Corridor;

/// <summary>What the corridor promises, whatever its source is.</summary>
public abstract class CorridorContract : IDisposable
{
    private readonly TestUpdates _updates = new(7);
    private int _sent;

    private protected TestNode Node { get; } = new();

    private protected abstract int Partitions { get; }

    /// <summary>Adds a message; the sources that are opened after it have it.</summary>
    private protected abstract void Append(int partition, byte[] value);

    private protected abstract IUpdateSource Open();

    [KafkaFact]
    public void Every_message_is_applied_once_and_both_tiers_equal_the_reference()
    {
        Send(60);

        Node.Start(Open());
        Node.WaitForMessages(60);

        Node.AssertHolds(_updates);
        UpdateSnapshot now = Node.Consumer.Measure();
        Assert.Equal(60 * 25, now.Applied + now.Stale);
        Assert.Empty(now.Refused);
        Assert.Equal(60, now.Shards.Sum(shard => shard.Applied + 1));
    }

    [KafkaFact]
    public void After_a_kill_it_goes_on_from_the_checkpoint_and_reads_no_more_than_what_came_since()
    {
        Send(40);
        Node.Start(Open());
        Node.WaitForMessages(40);
        Node.Checkpoint();
        Assert.Equal(40, Node.Stored.Values.Sum());
        Node.Die();

        Send(20);
        Node.Start(Open());
        Node.WaitForMessages(20);
        Node.Die(); // without a checkpoint: the twenty are lost with the process
        Node.Start(Open());
        Node.WaitForMessages(20);

        Assert.Equal(20, Node.Consumer.Measure().Messages);
        Node.AssertHolds(_updates);
    }

    [KafkaFact]
    public void A_drain_applies_and_checkpoints_so_that_nothing_is_read_again()
    {
        Send(30);
        Node.Start(Open());
        Node.WaitForMessages(30);
        Node.Stop();

        Send(1);
        Node.Start(Open());
        Node.WaitForMessages(1);

        Assert.Equal(1, Node.Consumer.Measure().Messages);
        Node.AssertHolds(_updates);
    }

    [KafkaFact]
    public void Hostile_messages_are_quarantined_as_they_came_and_stop_nothing()
    {
        var random = new Random(3);
        byte[] whole = new TestUpdates(99).Next();
        byte[][] hostile = [.. Enumerable.Range(0, 200).Select(_ => HostileBytes.Next(random, whole)).Where(bytes => RowUpdateCodec.Decode(bytes, new UpdateLimits(), out _) is not null)];
        Assert.True(hostile.Length > 50);
        Send(1);
        foreach (byte[] bytes in hostile)
        {
            Append(_sent % Partitions, bytes);
            Send(1);
        }

        Node.Start(Open());
        Node.WaitForMessages((2 * hostile.Length) + 1);
        Node.Checkpoint();

        Node.AssertHolds(_updates);
        Assert.Equal(hostile.Length, Node.Consumer.Measure().Quarantined);
        Assert.Equal(hostile.Select(Convert.ToHexString).Order(), FileQuarantine.Read(Node.QuarantineFile).Select(message => Convert.ToHexString(message.Value.Span)).Order());
    }

    [KafkaFact]
    public void An_offset_beyond_the_log_stops_the_shard_and_says_so()
    {
        Send(10);

        Node.Start(Open(), stored => Offsets(1_000));
        TestNode.WaitUntil(() => Node.Consumer.Measure().Shards.Count == Partitions && Node.Consumer.Measure().Shards.All(shard => shard.State == ShardState.OffsetGap) || Node.Consumer.IsEnded);

        if (!Node.Consumer.IsEnded)
        {
            Assert.Equal("offset_gap", Node.Consumer.Measure().State);
            Assert.Contains("it is another log", Node.Consumer.Measure().Shards[0].Detail, StringComparison.Ordinal);
        }

        Assert.Equal(0, Node.Consumer.Measure().Messages);
    }

    public void Dispose()
    {
        Node.Dispose();
        Close();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Close();

    private protected void Send(int messages)
    {
        for (int i = 0; i < messages; i++)
            Append(_sent++ % Partitions, _updates.Next());
    }

    private protected void AssertHoldsAll() => Node.AssertHolds(_updates);

    private protected Dictionary<string, long> Offsets(long next)
    {
        using IUpdateSource source = Open();
        return Enumerable.Range(0, Partitions).ToDictionary(partition => $"{source.Name}:{partition}", _ => next);
    }
}
