using RecServe.Features;
using RecServe.FeatureStore;
using RecServe.Stream;
using RecServe.Training;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// The feature rows that the drill sends: they follow from the seed alone. Message n is of version n + 1, so that what must be stored of an entity is the last of its messages. One in fifty
/// deletes, one in <see cref="HostileMessage.Every"/> is hostile.
/// </summary>
internal sealed class DrillFeatures(int ids, int seed)
{
    /// <summary>Where they are sent.</summary>
    public const string Topic = "recserve.features";

    /// <summary>What the node lets in.</summary>
    public static FeatureSchema Schema { get; } = new([new DataSchema { Name = "drill", LabelColumn = "label", Fields = [.. Enum.GetValues<FieldSide>().SelectMany(Fields)] }]);

    /// <summary>A message: its key, its bytes, and the partition to which all of its entity go.</summary>
    public (byte[] Key, byte[]? Value, int Partition) Message(long number, int partitions)
    {
        int entity = EntityOf(number);
        return HostileMessage.Is(number)
            ? ([], HostileMessage.Of(number), entity % partitions)
            : (FeatureMessageCodec.KeyOf(Row(number)), FeatureMessageCodec.Encode(Row(number)), entity % partitions);
    }

    /// <summary>Entities of which a store does not hold what the first messages say.</summary>
    public int Different(IFeatureStore store, long messages)
    {
        var last = new Dictionary<int, long>();
        for (long number = 0; number < messages; number++)
        {
            if (!HostileMessage.Is(number))
                last[EntityOf(number)] = number;
        }

        int different = 0;
        long[] alive = new long[3];
        foreach (long number in last.Values)
        {
            FeatureRow row = Row(number);
            FeatureRow? found = store.FindOne(row.Entity, row.Id);
            alive[(int)row.Entity] += row.IsDeletion ? 0 : 1;
            if (row.IsDeletion ? found is not null : found is null || !found.Bytes.Span.SequenceEqual(row.Bytes.Span))
                different++;
        }

        return different + Enum.GetValues<FieldSide>().Sum(side => (int)Math.Abs(store.Count(side) - alive[(int)side]));
    }

    private static IEnumerable<FieldSchema> Fields(FieldSide side) =>
    [
        new FieldSchema { Name = "text", Side = side, Kind = FieldKind.Categorical },
        new FieldSchema { Name = "number", Side = side, Kind = FieldKind.Numeric },
        new FieldSchema { Name = "list", Side = side, Kind = FieldKind.Multi },
    ];

    /// <summary>Entity of a message: a number below <c>ids</c>; half of the messages go to a hundredth of them.</summary>
    private int EntityOf(long number)
    {
        var random = new SeededRandom((ulong)number ^ ((ulong)seed << 32));
        return random.NextInt(random.NextInt(2) == 0 ? ids : Math.Max(3, ids / 100));
    }

    private FeatureRow Row(long number)
    {
        int entity = EntityOf(number);
        var random = new SeededRandom((ulong)number);
        var side = (FieldSide)(entity % 3);
        if (random.NextInt(50) == 0)
            return new FeatureRowBuilder(side, $"e{entity}", (ulong)number + 1, "drill") { IsDeletion = true }.Build();
        return new FeatureRowBuilder(side, $"e{entity}", (ulong)number + 1, "drill")
            .Text("text", $"{random.NextUInt64():x}")
            .Number("number", random.NextInt(1000))
            .List("list", Enumerable.Range(0, random.NextInt(6)).Select(_ => $"{random.NextUInt64():x}"))
            .Build();
    }
}
