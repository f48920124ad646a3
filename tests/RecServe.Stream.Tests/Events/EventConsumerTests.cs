using System.Globalization;
using RecServe.Features;
using RecServe.FeatureStore;
using RecServe.Stream.Tests.Corridor;

namespace RecServe.Stream.Tests.Events;

/// <summary>Events on their way into a store: killed at any time, sent again, damaged, deleted before they were read; in process memory and over Kafka.</summary>
public sealed class EventConsumerTests : IDisposable
{
    private const string Topic = "recserve.events";
    private const long Start = 1_767_225_600_000;

    private static readonly DerivedFeature[] Features = [.. new[] { "item.clicks/1h", "item.ctr(1,20)/7d", "user.last_clicks/5", "user.last_seen" }.Select(Parse)];

    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-events-").FullName;

    private string Checkpoint => Path.Combine(_folder, "events.checkpoint");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_consumer_that_is_killed_again_and_again_ends_with_what_one_has_that_was_not()
    {
        var random = new Random(1);
        var log = new MemoryLog(partitions: 3);
        List<UserEvent> events = Generate(4_000, random);
        int sent = 0;
        for (int life = 0; life < 12; life++)
        {
            using EventStore store = NewStore(out _);
            using var quarantine = new MemoryQuarantine();
            var consumer = new EventConsumer(log.Reader(Topic), store, quarantine, new EventConsumerOptions { CheckpointFile = Checkpoint, BetweenCheckpoints = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);
            consumer.Start();
            for (int end = sent + (events.Count / 12); sent < end; sent++)
                await Send(log, events[sent]);
            int enough = random.Next(300);
            TestNode.WaitUntil(() => consumer.Messages > enough);

            // A kill leaves the file that stands at that moment; what closing writes afterwards is undone.
            byte[]? left = File.Exists(Checkpoint) ? File.ReadAllBytes(Checkpoint) : null;
            consumer.Dispose();
            File.Delete(Checkpoint);
            if (left is not null)
                File.WriteAllBytes(Checkpoint, left);
        }

        using EventStore last = NewStore(out _), reference = new(Features, _ => [], new EventStoreOptions());
        using var rest = new MemoryQuarantine();
        using var reader = new EventConsumer(log.Reader(Topic), last, rest, new EventConsumerOptions(), TimeProvider.System);
        reader.Start();
        for (; sent < events.Count; sent++)
            await Send(log, events[sent]);
        Assert.True(await reader.WaitAsync(new FreshnessToken([.. log.Partitions.Select(partition => new FreshnessPlace(FreshnessToken.Events, partition.Id, partition.End - 1))]), TimeSpan.FromMinutes(1)));
        for (int partition = 0; partition < 3; partition++)
        {
            UserEvent[] own = [.. events.Where(one => PartitionOf(one) == partition)];
            reference.Apply($"memory:{Topic}:{partition}", [.. own.Select(one => new ReceivedEvent(one.ToInteraction(), one.Received))], own.Length);
        }

        Assert.Equal(reference.ToBytes(), last.ToBytes());
        Assert.True(reference.Of(EventVerdict.Duplicate) > 100);
    }

    [Fact]
    public async Task Messages_that_cannot_be_read_go_to_the_quarantine_and_the_others_are_counted()
    {
        var random = new Random(2);
        var log = new MemoryLog();
        using EventStore store = NewStore(out _);
        using var quarantine = new MemoryQuarantine();
        using var consumer = new EventConsumer(log.Reader(Topic), store, quarantine, new EventConsumerOptions(), TimeProvider.System);
        consumer.Start();
        byte[] whole = UserEventCodec.Encode(Generate(5, random));
        for (int i = 0; i < 2_000; i++)
            await log.AppendAsync(0, default, HostileBytes.Next(random, whole), Start);
        await log.AppendAsync(0, default, whole, Start);
        Assert.True(await consumer.WaitAsync(new FreshnessToken(FreshnessToken.Events, 0, 2_000), TimeSpan.FromMinutes(1)));
        Assert.Equal((2_001, "live"), (consumer.Messages, consumer.Measure().State));
        Assert.True(consumer.Measure().Refused > 500);
        Assert.True(store.Of(EventVerdict.Accepted) >= 5);
    }

    [Fact]
    public async Task Messages_deleted_before_they_were_read_are_counted_as_lost_and_reading_goes_on()
    {
        var log = new MemoryLog();
        List<UserEvent> events = Generate(30, new Random(3));
        foreach (UserEvent one in events)
            await log.AppendAsync(0, default, UserEventCodec.Encode([one]), Start);
        using EventStore store = NewStore(out _);
        store.Apply($"memory:{Topic}:0", [], 10);
        log.DropBelow(0, 20);
        using var quarantine = new MemoryQuarantine();
        using var consumer = new EventConsumer(log.Reader(Topic), store, quarantine, new EventConsumerOptions(), TimeProvider.System);
        consumer.Start();
        TestNode.WaitUntil(() => consumer.Messages == 10);
        Assert.Equal(10, consumer.Measure().Lost);
    }

    [Fact]
    public async Task A_paused_partition_stands_until_it_is_resumed_and_then_nothing_is_missing()
    {
        var log = new MemoryLog(partitions: 3);
        List<UserEvent> events = Generate(600, new Random(6));
        using EventStore store = NewStore(out _);
        using var quarantine = new MemoryQuarantine();
        using var consumer = new EventConsumer(log.Reader(Topic), store, quarantine, new EventConsumerOptions(), TimeProvider.System);
        consumer.Start();
        TestNode.WaitUntil(() => consumer.Measure().State == "live");
        Assert.False(consumer.Pause(3));
        Assert.True(consumer.Pause(1));
        TestNode.WaitUntil(() => consumer.Measure().State == "paused");

        foreach (UserEvent one in events)
            await Send(log, one);
        int standing = events.Count(one => PartitionOf(one) == 1);
        TestNode.WaitUntil(() => consumer.Messages == events.Count - standing);
        Thread.Sleep(100);
        Assert.Equal((events.Count - standing, standing), (consumer.Messages, consumer.Measure().Partitions[1].Lag));

        Assert.True(consumer.Resume());
        TestNode.WaitUntil(() => consumer.Messages == events.Count);
        Assert.Equal(("live", 0L), (consumer.Measure().State, consumer.Measure().Lost));
        Assert.Equal(events.Select(one => one.EventId).Distinct().Count(), store.Of(EventVerdict.Accepted));
    }

    [Fact]
    public async Task A_log_that_was_made_anew_meanwhile_is_read_from_its_start()
    {
        List<UserEvent> events = Generate(90, new Random(7));
        MemoryLog before = new(), after = new();
        for (int i = 0; i < events.Count; i++)
            await (i < 60 ? before : after).AppendAsync(0, default, UserEventCodec.Encode([events[i]]), Start);
        using EventStore store = NewStore(out _);
        using var quarantine = new MemoryQuarantine();
        var source = new SwitchedSource(before.Reader(Topic));
        using var consumer = new EventConsumer(source, store, quarantine, new EventConsumerOptions(), TimeProvider.System);
        consumer.Start();
        TestNode.WaitUntil(() => consumer.Messages == 60);

        source.Switch(after.Reader(Topic));

        TestNode.WaitUntil(() => consumer.Messages == 90);
        Assert.Equal(30, store.NextOf($"memory:{Topic}:0"));
        Assert.Equal((0L, "live"), (consumer.Measure().Lost, consumer.Measure().State));
        Assert.Equal(events.Select(one => one.EventId).Distinct().Count(), store.Of(EventVerdict.Accepted));
    }

    [Fact]
    public void A_damaged_checkpoint_is_told_and_not_used()
    {
        using (EventStore store = NewStore(out _))
        {
            store.Apply("memory:x:0", [.. Generate(20, new Random(4)).Select(one => new ReceivedEvent(one.ToInteraction(), 0))], 20);
            store.Save(Checkpoint);
        }

        byte[] bytes = File.ReadAllBytes(Checkpoint);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Checkpoint, bytes);
        using EventStore again = NewStore(out string? reason);
        Assert.Equal($"{Checkpoint} is damaged", reason);
        Assert.Null(again.NextOf("memory:x:0"));
    }

    [KafkaFact]
    public async Task Events_over_Kafka_lie_under_their_users_and_are_counted_once()
    {
        using var broker = new BrokerProcess(1, 4);
        broker.Tell($"create {Topic} 4");
        List<UserEvent> events = Generate(300, new Random(5));
        using EventStore store = NewStore(out _);
        using var quarantine = new MemoryQuarantine();
        using var publisher = new KafkaEventPublisher(broker.Options, Topic);
        using var consumer = new EventConsumer(new KafkaSource(broker.Options, Topic), store, quarantine, new EventConsumerOptions(), TimeProvider.System);
        consumer.Start();
        FreshnessToken? token = null;
        for (int twice = 0; twice < 2; twice++)
            token = await publisher.PublishAsync(events);
        Assert.True(await consumer.WaitAsync(token!, TimeSpan.FromMinutes(1)), consumer.Measure().ToString());
        int distinct = events.Select(one => one.EventId).Distinct().Count();
        Assert.Equal((distinct, (2 * events.Count) - distinct), (store.Of(EventVerdict.Accepted), store.Of(EventVerdict.Duplicate)));
    }

    private static int PartitionOf(UserEvent one) => int.Parse(one.UserId[1..], CultureInfo.InvariantCulture) % 3;

    private static async Task Send(MemoryLog log, UserEvent one) => await log.AppendAsync(PartitionOf(one), default, UserEventCodec.Encode([one]), one.Time);

    private EventStore NewStore(out string? reason)
    {
        var store = new EventStore(Features, _ => [], new EventStoreOptions());
        reason = store.Restore(Checkpoint);
        return store;
    }

    /// <summary>Events of half an hour, some of them twice.</summary>
    private static List<UserEvent> Generate(int count, Random random)
    {
        var events = new List<UserEvent>();
        for (int i = 0; events.Count < count; i++)
        {
            long time = Start + random.Next(1_800_000);
            events.Add(random.Next(8) == 0 && i > 0
                ? events[random.Next(events.Count)]
                : new UserEvent($"e{i}", $"u{random.Next(40)}", $"i{random.Next(20)}", random.Next(2) == 0 ? InteractionType.Click : InteractionType.Impression, time, time));
        }

        return events;
    }

    private static DerivedFeature Parse(string text)
    {
        Assert.Null(DerivedFeature.Parse(text, FieldSide.Item, out DerivedFeature? feature));
        return feature!;
    }
}
