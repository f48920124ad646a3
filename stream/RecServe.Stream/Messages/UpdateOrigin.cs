using RecServe.Embeddings;
using RecServe.Features;

namespace RecServe.Stream;

/// <summary>Where an update came from, as the store keeps it with the row: enough to find every row that one producer, or one stretch of a partition, has written.</summary>
public static class UpdateOrigin
{
    // 2^48 messages a partition, 2^15 partitions.
    private const int OffsetBits = 48;

    /// <summary>Number of a producer: the low 32 bits of XXH64 of its name.</summary>
    public static uint Producer(string name) => (uint)RowKey.Of(name);

    /// <summary>The origin of a message's rows: the partition stands above the offset's 48 bits.</summary>
    public static RowOrigin Of(RowUpdate update, in UpdateMessage message) =>
        new(Producer(update.Producer), update.EventTime, ((long)message.Partition << OffsetBits) | message.Offset);

    /// <summary>Partition and offset of an origin.</summary>
    public static (int Partition, long Offset) Place(in RowOrigin origin) => ((int)(origin.Offset >> OffsetBits), origin.Offset & ((1L << OffsetBits) - 1));
}
