using System.Globalization;
using System.Text;
using RecServe.Features;
using RecServe.FeatureStore;
using RecServe.Stream;
using RecServe.Training;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// The events that the drill sends: they follow from the seed alone. Message n has one to three events of one user, up to ten minutes out of order. One message in eight is sent again, one in fifty
/// comes after its hour, one in <see cref="HostileMessage.Every"/> is hostile. What is counted, the ids that are remembered and the place in each partition must be, to the byte, those of a node
/// that read every message once.
/// </summary>
internal sealed class DrillEvents(int seed)
{
    /// <summary>Where they are sent.</summary>
    public const string Topic = "recserve.events";

    /// <summary>Checkpoint of a node's counts, in its folder.</summary>
    public const string FileName = "events.checkpoint";

    private const int Users = 300, Items = 200, Hour = 3_600_000, BetweenMessages = 60;
    private const long Start = 1_767_225_600_000;

    // Until then a partition may have had no event that a late one would be late after.
    private const int FirstLate = 2_000;

    private static readonly DerivedFeature[] Features =
        [.. new[] { "item.clicks/1h", "item.ctr(1,20)/24h", "user.last_clicks/5", "user.last_seen" }.Select(Parse)];

    /// <summary>A store for them, without any event.</summary>
    public static EventStore NewStore() => new(Features, _ => [], new EventStoreOptions());

    /// <summary>A message: its key, its bytes, and the partition to which all of its user go.</summary>
    public (byte[] Key, byte[]? Value, int Partition) Message(long number, int partitions)
    {
        long source = SourceOf(number);
        return (Encoding.UTF8.GetBytes($"u{UserOf(source)}"), HostileMessage.Is(number) ? HostileMessage.Of(number) : UserEventCodec.Encode(EventsOf(source)), UserOf(source) % partitions);
    }

    /// <summary>1 if the counts of a file are not those that the first messages give, else 0.</summary>
    /// <param name="checkpoint">The file, of a node that has applied everything.</param>
    /// <param name="messages">Messages that were sent.</param>
    /// <param name="partitions">Partitions of the topic.</param>
    public int Different(string checkpoint, long messages, int partitions)
    {
        using EventStore counted = NewStore(), reference = NewStore();
        if (counted.Restore(checkpoint) is not null)
            return 1;
        for (long number = 0; number < messages; number++)
        {
            if (HostileMessage.Is(number))
                continue;
            long source = SourceOf(number);

            // Its own places: the brokers may have written a message twice.
            string log = $"kafka:{Topic}:{UserOf(source) % partitions}";
            reference.Apply(log, [.. EventsOf(source).Select(one => new ReceivedEvent(one.ToInteraction(), one.Received))], counted.NextOf(log) ?? 0);
        }

        string beside = checkpoint + ".reference";
        reference.Save(beside);
        bool isSame = File.ReadAllBytes(checkpoint).AsSpan().SequenceEqual(File.ReadAllBytes(beside));
        File.Delete(beside);
        return isSame ? 0 : 1;
    }

    /// <summary>The message whose events a message has: mostly its own.</summary>
    private long SourceOf(long number)
    {
        SeededRandom random = RandomOf(number, 1);
        long source = random.NextInt(8) == 0 ? number - 1 - random.NextInt(100) : number;
        return source < 0 || HostileMessage.Is(source) ? number : source;
    }

    private int UserOf(long source) => RandomOf(source, 2).NextInt(Users);

    private List<UserEvent> EventsOf(long source)
    {
        SeededRandom random = RandomOf(source, 3);
        long received = Start + (source * BetweenMessages);
        bool isLate = random.NextInt(50) == 0 && source > FirstLate;
        var events = new List<UserEvent>();
        for (int i = random.NextInt(3); i >= 0; i--)
        {
            long time = received - random.NextInt(Hour / 6) - (isLate ? 2L * Hour : 0);
            InteractionType type = random.NextInt(3) == 0 ? InteractionType.Click : InteractionType.Impression;
            events.Add(new UserEvent(string.Create(CultureInfo.InvariantCulture, $"e{source}.{i}"), $"u{UserOf(source)}", $"i{random.NextInt(Items)}", type, time, received));
        }

        return events;
    }

    private SeededRandom RandomOf(long number, int purpose) => new(SeededRandom.Mix(((ulong)number << 2) + (ulong)purpose) ^ ((ulong)seed << 32));

    private static DerivedFeature Parse(string text) => DerivedFeature.Parse(text, FieldSide.Item, out DerivedFeature? feature) is { } problem
        ? throw new InvalidOperationException(problem)
        : feature!;
}
