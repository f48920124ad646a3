using RecServe.Embeddings;

namespace RecServe.Stream.Tests.Corridor;

/// <summary>Messages that follow from a seed, and what a table holds that applied every one of them once: of each key the highest version.</summary>
internal sealed class TestUpdates(int seed)
{
    public const int Width = 4, Keys = 300;
    public const string Lineage = "run", Table = "item";

    private readonly Random _random = new(seed);
    private ulong _version;

    /// <summary>Version of each key; negative: deleted.</summary>
    public Dictionary<ulong, long> Newest { get; } = [];

    public byte[] Next(int rows = 25)
    {
        var deltas = new RowDelta[rows];
        for (int i = 0; i < rows; i++)
        {
            // Three versions in four are the newest, the rest comes late.
            ulong key = (ulong)_random.Next(2, Keys + 2), version = ++_version - (_random.Next(4) == 0 ? (ulong)_random.NextInt64((long)Math.Min(_version, 500)) : 0);
            bool delete = version % 20 == 0;
            deltas[i] = delete ? RowDelta.Deletion(key, version) : RowDelta.Of(key, version, Row(key, version));
            if (Math.Abs(Newest.GetValueOrDefault(key)) < (long)version)
                Newest[key] = delete ? -(long)version : (long)version;
        }

        return RowUpdateCodec.Encode(new RowUpdate(Lineage, Table, "trainer", 1, deltas, []));
    }

    public static float[] Row(ulong key, ulong version) => [.. Enumerable.Range(0, Width).Select(i => (float)Math.Sin((key * 7) + (version * 3) + (ulong)i))];
}
