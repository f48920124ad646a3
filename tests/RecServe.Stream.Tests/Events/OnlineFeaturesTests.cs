using System.Globalization;
using System.Text;
using RecServe.Features;
using RecServe.FeatureStore;
using RecServe.Stream.Tests.Corridor;
using RecServe.Tests;

namespace RecServe.Stream.Tests.Events;

/// <summary>
/// What servers count against what training examples are told. Events arrive out of order, twice and too late; the consumer dies and goes on from its checkpoint; and before and after every event each
/// feature is, to the bit, what a replay of the events in the order of their times gives.
/// </summary>
public sealed class OnlineFeaturesTests : IDisposable
{
    private const string Topic = "recserve.events";
    private const int Partitions = 4;
    private const long Start = 1_767_225_600_000, Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;

    private static readonly DerivedFeature[] Features =
    [
        .. new[]
        {
            "item.clicks/1h", "item.impressions/24h", "item.ctr/24h", "item.ctr(1,20)/7d", "item.last_seen", "user.clicks/1h", "user.impressions/7d", "user.ctr(0.5,10)/24h",
            "user.last_clicks/5", "user.last_impressions/100", "user.last_seen", "user*genre.clicks/24h", "user*genre.ctr/7d", "user*genre.impressions/1h", "user*genre.last_seen",
        }.Select(Parse),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-online-").FullName;
    private readonly Dictionary<ulong, ulong[]> _categories = [];
    private readonly MemoryLog _log = new(Partitions);
    private readonly MemoryQuarantine _quarantine = new();
    private readonly ulong[] _online = new ulong[EventLimits.History], _offline = new ulong[EventLimits.History];
    private EventStore? _store;
    private EventConsumer? _consumer;
    private long _duplicates, _late;

    private string Checkpoint => Path.Combine(_folder, "events.checkpoint");

    public void Dispose()
    {
        _consumer?.Dispose();
        _store?.Dispose();
        _quarantine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Impressions_and_clicks_of_thirty_days_are_counted_as_a_replay_counts_them()
    {
        var random = new Random(1);
        var events = new List<UserEvent>();
        long time = Start;
        for (int i = 0; i < 8_000; i++)
        {
            // Now and then nothing happens for hours; often several things happen in one millisecond.
            time += random.Next(100) == 0 ? random.NextInt64(12 * Hour) : random.Next(4) == 0 ? 0 : random.NextInt64(30 * Day / 8_000);
            string user = $"u{Math.Min(random.Next(60), random.Next(60))}";
            int item = Math.Min(random.Next(80), random.Next(80));
            Categorize($"i{item}", item % 7 == 0 ? null : $"g{item % 5}");
            events.Add(new UserEvent($"e{i}", user, $"i{item}", random.Next(10) switch { < 6 => InteractionType.Impression, < 9 => InteractionType.Click, _ => InteractionType.Like }, time, time));
        }

        await Walk(events, mostInBlock: 8, random);
    }

    [MovieLensFact]
    [Trait("Category", "Slow")]
    public async Task Ratings_of_MovieLens_are_counted_as_a_replay_counts_them()
    {
        foreach (string line in File.ReadLines(Path.Combine(MovieLensFactAttribute.Folder, "movies.csv")).Skip(1))
            Categorize(line[..line.IndexOf(',')], line[(line.LastIndexOf(',') + 1)..].Split('|')[0]);
        var events = new List<UserEvent>();
        foreach (string line in File.ReadLines(Path.Combine(MovieLensFactAttribute.Folder, "ratings.csv")).Skip(1))
        {
            string[] cells = line.Split(',');
            long time = 1_000 * long.Parse(cells[3], CultureInfo.InvariantCulture);
            events.Add(new UserEvent($"i{events.Count}", cells[0], cells[1], InteractionType.Impression, time, time));
            if (double.Parse(cells[2], CultureInfo.InvariantCulture) >= 4)
                events.Add(new UserEvent($"c{events.Count}", cells[0], cells[1], InteractionType.Click, time, time));
        }

        Assert.True(events.Count > 140_000);
        await Walk([.. events.OrderBy(one => one.Time)], mostInBlock: 100, new Random(2));
    }

    private async Task Walk(List<UserEvent> events, int mostInBlock, Random random)
    {
        var replay = new PointInTime(new EventFeatures(Features, 1_000_000), events.Select(one => one.ToInteraction()), CategoriesOf);
        long[] newest = new long[Partitions];
        int lives = 1, restarts = events.Count / 12;
        Begin();
        for (int from = 0, to; from < events.Count; from = to)
        {
            to = EndOf(events, from, 1 + random.Next(mostInBlock));
            List<UserEvent> block = events[from..to];
            AssertEqual(replay, block, block[0].Time);
            UserEvent[] arrivals = [.. block, .. Unwanted(events, from, newest, random)];
            random.Shuffle(arrivals);
            foreach (UserEvent one in arrivals)
                await _log.AppendAsync(PartitionOf(one), default, UserEventCodec.Encode([one]), one.Time);
            foreach (UserEvent one in block)
                newest[PartitionOf(one)] = one.Time;
            if (to / restarts != from / restarts)
            {
                Die();
                Begin();
                lives++;
            }

            await Counted();
            AssertEqual(replay, block, block[^1].Time + 1);
        }

        Die();
        Assert.InRange(lives, 10, 14);
        Assert.True(_duplicates > 100 && _late > 100, $"{_duplicates} duplicates, {_late} late");
    }

    /// <summary>Events of at most half an hour, none of which happened at the moment of one after them: whatever their order, none is late.</summary>
    private static int EndOf(List<UserEvent> events, int from, int most)
    {
        int to = from + 1;
        while (to < events.Count && (events[to].Time == events[to - 1].Time || (to - from < most && events[to].Time - events[from].Time < 30 * Minute)))
            to++;
        return to;
    }

    /// <summary>Now and then an event that came before, and one that comes too late.</summary>
    private static IEnumerable<UserEvent> Unwanted(List<UserEvent> events, int from, long[] newest, Random random)
    {
        if (from > 0 && random.Next(4) == 0)
            yield return events[Math.Max(0, from - 1 - random.Next(12))];
        if (from > 0 && random.Next(4) == 0)
        {
            UserEvent like = events[random.Next(from)];
            if (newest[PartitionOf(like)] > 0)
                yield return like with { EventId = $"late{from}", Time = newest[PartitionOf(like)] - Hour - 1 - random.Next(1_000_000), Received = newest[PartitionOf(like)] };
        }
    }

    private void AssertEqual(PointInTime replay, List<UserEvent> block, long moment)
    {
        replay.AdvanceTo(moment);
        using EventReading reading = _store!.Read(moment);
        foreach (UserEvent one in block)
        {
            InteractionEvent interaction = one.ToInteraction();
            var subject = new EventSubject(interaction.User, interaction.Item, CategoriesOf(interaction.Item)[0]);
            for (int feature = 0; feature < replay.State.Features.Count; feature++)
            {
                if (replay.State.Features[feature].IsList)
                {
                    int length = reading.ReadItems(feature, subject.User, _online);
                    Assert.True(_offline.AsSpan(0, replay.State.ReadItems(feature, subject.User, moment, _offline)).SequenceEqual(_online.AsSpan(0, length)), $"{replay.State.Features[feature]} at {one}");
                    continue;
                }

                bool isThere = replay.State.TryRead(feature, subject, moment, out double expected);
                Assert.True(isThere == reading.TryRead(feature, subject, out double value) && (!isThere || BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value)),
                    $"{replay.State.Features[feature]} is {value}, not {expected}, at {one}");
            }
        }
    }

    private void Begin()
    {
        _store = new EventStore(Features, CategoriesOf, new EventStoreOptions());
        _store.Restore(Checkpoint);
        _consumer = new EventConsumer(_log.Reader(Topic), _store, _quarantine, new EventConsumerOptions { CheckpointFile = Checkpoint, BetweenCheckpoints = TimeSpan.FromMilliseconds(100) }, TimeProvider.System);
        _consumer.Start();
    }

    /// <summary>A kill leaves the checkpoint that stands at that moment; what closing writes afterwards is undone.</summary>
    private void Die()
    {
        byte[]? left = File.Exists(Checkpoint) ? File.ReadAllBytes(Checkpoint) : null;
        _consumer!.Dispose();
        _duplicates += _store!.Of(EventVerdict.Duplicate);
        _late += _store.Of(EventVerdict.Late);
        _store.Dispose();
        (_consumer, _store) = (null, null);
        File.Delete(Checkpoint);
        if (left is not null)
            File.WriteAllBytes(Checkpoint, left);
    }

    private async Task Counted()
    {
        var sent = new FreshnessToken([.. _log.Partitions.Where(partition => partition.End > 0).Select(partition => new FreshnessPlace(FreshnessToken.Events, partition.Id, partition.End - 1))]);
        Assert.True(await _consumer!.WaitAsync(sent, TimeSpan.FromMinutes(2)), _consumer.Measure().ToString());
    }

    private void Categorize(string item, string? category) => _categories[RowKey.Hash64(Encoding.UTF8.GetBytes(item))] = [category is null ? 0 : RowKey.Of(category)];

    private ReadOnlySpan<ulong> CategoriesOf(ulong item) => _categories[item];

    private static int PartitionOf(UserEvent one) => (int)(RowKey.Of(one.UserId) % Partitions);

    private static DerivedFeature Parse(string text)
    {
        Assert.Null(DerivedFeature.Parse(text, text.StartsWith("user.", StringComparison.Ordinal) ? FieldSide.User : FieldSide.Item, out DerivedFeature? feature));
        return feature!;
    }
}
