using System.Collections.Concurrent;

namespace RecServe.Stream.Tests.Corridor;

public sealed class TakingUpTests
{
    [Fact]
    public void Partitions_begin_with_the_one_that_is_furthest_behind()
    {
        using var node = new TestNode();
        var source = new Ends(new MemoryLog(4).Reader("recserve.rows"), [10, 50, 30, 40]);

        // The second is where its log ends; the fourth was never read.
        node.Start(source, _ => new Dictionary<string, long> { [$"{source.Name}:0"] = 3, [$"{source.Name}:1"] = 50, [$"{source.Name}:2"] = 20 });

        TestNode.WaitUntil(() => node.Consumer.Measure().Shards.Count == 4);
        Assert.Equal([(3, 0), (2, 20), (0, 3), (1, 50)], source.Begun);
        Assert.Equal([0, 1, 2, 3], node.Consumer.Measure().Shards.Select(shard => shard.Partition));
    }

    /// <summary>A source whose partitions end where a test says, and which notes what is begun.</summary>
    private sealed class Ends(IUpdateSource inner, long[] ends) : IUpdateSource
    {
        private readonly ConcurrentQueue<(int Partition, long Offset)> _begun = [];

        public IEnumerable<(int Partition, long Offset)> Begun => _begun;

        public string Name => inner.Name;

        public string Topic => inner.Topic;

        public string? Trouble => null;

        public bool HasLooked => true;

        public bool IsEnded => false;

        public IReadOnlyList<SourcePartition> Partitions => [.. ends.Select((end, partition) => new SourcePartition(partition, 0, end))];

        public void Begin(int partition, long offset) => _begun.Enqueue((partition, offset));

        public void Pause(int partition)
        {
        }

        public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait) => Thread.Sleep(wait);

        public void Dispose() => inner.Dispose();
    }
}
