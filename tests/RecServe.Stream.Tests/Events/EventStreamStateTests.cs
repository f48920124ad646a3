using Microsoft.Extensions.Time.Testing;
using RecServe.Features;
using RecServe.FeatureStore;
using RecServe.Stream.Tests.Corridor;

namespace RecServe.Stream.Tests.Events;

/// <summary>What a stream of events says of itself before it counts.</summary>
public sealed class EventStreamStateTests : IDisposable
{
    private readonly SilentSource _source = new();
    private readonly FakeTimeProvider _time = new();
    private readonly EventStore _store = new(Array.Empty<DerivedFeature>(), _ => [], new EventStoreOptions());
    private readonly MemoryQuarantine _quarantine = new();
    private readonly EventConsumer _consumer;

    public EventStreamStateTests() => _consumer = new EventConsumer(_source, _store, _quarantine, new EventConsumerOptions(), _time);

    public void Dispose()
    {
        _consumer.Dispose();
        _quarantine.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void A_log_that_holds_messages_is_caught_up_with_first_and_one_that_stays_silent_counts_as_read()
    {
        _consumer.Start();
        Assert.Equal("connecting", _consumer.Measure().State);
        _source.Known = [new SourcePartition(0, 0, 5)];
        TestNode.WaitUntil(() => _consumer.Measure().State == "catching_up", () => _consumer.Measure().ToString());
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(("catching_up", 5), (_consumer.Measure().State, _consumer.Measure().Partitions[0].Lag));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("live", _consumer.Measure().State);
    }

    [Fact]
    public void A_missing_topic_and_a_broker_that_is_gone_are_told_apart()
    {
        _consumer.Start();
        (_source.IsAbsent, _source.Trouble) = (true, "no topic x");
        Assert.Equal(("no_topic", "no topic x"), (_consumer.Measure().State, _consumer.Measure().Trouble));
        _source.Known = [new SourcePartition(0, 0, 0)];
        (_source.IsAbsent, _source.Trouble) = (false, "no broker answers");
        TestNode.WaitUntil(() => _consumer.Measure().State == "unreachable", () => _consumer.Measure().ToString());
        _source.Trouble = null;
        Assert.Equal(("live", null), (_consumer.Measure().State, _consumer.Measure().Trouble));
    }

    [Fact]
    public void What_is_asked_while_partitions_are_taken_up_is_answered()
    {
        const int partitions = 20_000;
        _source.Known = [.. Enumerable.Range(0, partitions).Select(id => new SourcePartition(id, 0, 3))];
        _consumer.Start();
        for (int known = 0; known < partitions;)
        {
            IReadOnlyList<EventPartition> now = _consumer.Measure().Partitions;
            Assert.True(now.Count >= known);
            known = now.Count;
            Assert.Empty(_consumer.Applied.Places);
        }
    }

    /// <summary>A log of which much can be said and from which nothing comes.</summary>
    private sealed class SilentSource : IUpdateSource
    {
        public volatile SourcePartition[] Known = [];

        public string Name => "silent:x";

        public string Topic => "x";

        public string? Trouble { get; set; }

        public bool HasLooked => true;

        public bool IsEnded => false;

        public bool IsAbsent { get; set; }

        public IReadOnlyList<SourcePartition> Partitions => Known;

        public void Begin(int partition, long offset)
        {
        }

        public void Pause(int partition)
        {
        }

        public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait) => Thread.Yield();

        public void Dispose()
        {
        }
    }
}
