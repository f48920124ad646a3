namespace RecServe.Stream.Tests.Corridor;

/// <summary>The contract over the log in process memory, and what only it can show.</summary>
public sealed class MemoryCorridorTests : LiveCorridorContract
{
    private readonly MemoryLog _log = new(partitions: 5);

    private protected override int Partitions => 5;

    [Fact]
    public void Messages_deleted_before_they_were_applied_stop_their_shard_until_somebody_accepts_it()
    {
        Send(50);
        _log.DropBelow(3, 6);

        Node.Start(Open(), _ => Offsets(2));
        Node.WaitForMessages(4 * 8);

        UpdateSnapshot stopped = Node.Consumer.Measure();
        Assert.Equal("offset_gap", stopped.State);
        Assert.Equal("messages 2 to 5 of recserve.rows partition 3 were deleted before they were applied", stopped.Shards[3].Detail);
        Assert.Equal(1, stopped.Shards[3].Applied);
        Assert.All(stopped.Shards.Where(shard => shard.Partition != 3), shard => Assert.Equal(9, shard.Applied));
        Assert.Equal(2, Node.Consumer.Positions["memory:recserve.rows:3"]);
        Node.Consumer.Resume(3);
        Node.Consumer.Resume(3, acceptGap: true);
        Node.WaitForMessages((4 * 8) + 4);
        Assert.Equal("live", Node.Consumer.Measure().State);
        Assert.Equal(9, Node.Consumer.Measure().Shards[3].Applied);
    }

    [Fact]
    public void Ten_thousand_hostile_messages_leave_the_table_and_the_memory_as_they_were()
    {
        var random = new Random(11);
        byte[] whole = RowUpdateCodec.Encode(new RowUpdate("other", "t", "p", 1, [Embeddings.RowDelta.Deletion(5, 1)], []));
        long valid = 0;
        Node.Start(Open());
        Send(10);
        Node.WaitForMessages(10);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 10_000; i++)
        {
            // Of another lineage: what is left of it as a message is refused as such.
            byte[] bytes = HostileBytes.Next(random, whole);
            valid += RowUpdateCodec.Decode(bytes, new UpdateLimits(), out _) is null ? 1 : 0;
            Append(i % Partitions, bytes);
        }

        Node.WaitForMessages(10_010);

        UpdateSnapshot now = Node.Consumer.Measure();
        Assert.Equal(10_000, now.Quarantined);
        Assert.Equal(valid, now.Refused[RefusalReason.UnknownLineage]);
        Assert.Equal("live", now.State);
        AssertHoldsAll();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100L << 20);
    }

    [Fact]
    public async Task A_full_log_lets_its_writer_wait_and_then_go_on()
    {
        var log = new MemoryLog(1, bytes: 1_000);
        using IUpdateSource reader = log.Reader("recserve.rows");
        reader.Begin(0, 0);
        for (int i = 0; i < 10; i++)
            await log.AppendAsync(0, default, new byte[100], 1);
        ValueTask<long> waiting = log.AppendAsync(0, default, new byte[100], 1);
        Assert.False(waiting.IsCompleted);
        var messages = new List<UpdateMessage>();

        reader.Read(messages, 3, int.MaxValue, TimeSpan.Zero);

        Assert.Equal(10, await waiting);
        Assert.Equal([0, 1, 2], messages.Select(message => message.Offset));
        Assert.Equal(new SourcePartition(0, 1, 11), log.Partitions[0]);
    }

    private protected override void Append(int partition, byte[] value) =>
        _log.AppendAsync(partition, default, value, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).AsTask().GetAwaiter().GetResult();

    private protected override IUpdateSource Open() => _log.Reader("recserve.rows");

    private protected override void Close()
    {
    }
}
