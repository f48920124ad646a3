using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Bench.Recovery;

/// <summary>
/// The updates that the drill's process applies, batch after batch: they follow from the seed alone, and each row's bytes from its key and version, so that
/// whoever meets a row can tell whether it is whole and whether it was ever sent.
/// </summary>
internal sealed class DrillUpdates(int keys, int seed)
{
    /// <summary>Deltas of a batch.</summary>
    public const int BatchSize = 500;

    /// <summary>Floats of a row.</summary>
    public const int Width = 16;

    /// <summary>The one table.</summary>
    public static TableId Table => new(0xD811);

    /// <summary>Name of the source whose offset counts batches.</summary>
    public const string Source = "drill";

    /// <summary>Key of an update by its number; versions are the numbers plus one, so the update behind a row is known.</summary>
    public ulong KeyOf(long update)
    {
        ulong hash = Mix((ulong)update);

        // Half of the updates go to a hundredth of the keys, as traffic does.
        ulong range = (hash & 1) == 0 ? (ulong)keys : (ulong)Math.Max(1, keys / 100);
        return Mix((hash >> 1) % range);
    }

    /// <summary>Whether an update deletes: one in fifty.</summary>
    public bool IsDeletion(long update) => Mix((ulong)update ^ 0xDE1E7E) % 50 == 0;

    /// <summary>The deltas of a batch.</summary>
    public RowDelta[] Batch(long number)
    {
        var deltas = new RowDelta[BatchSize];
        for (int i = 0; i < BatchSize; i++)
        {
            long update = (number * BatchSize) + i;
            ulong key = KeyOf(update), version = (ulong)update + 1;
            deltas[i] = IsDeletion(update)
                ? RowDelta.Deletion(key, version)
                : RowDelta.OfEncoded(key, version, RowPrecision.Int8, Row(key, version));
        }

        return deltas;
    }

    /// <summary>The encoded row of a key at a version.</summary>
    public static byte[] Row(ulong key, ulong version)
    {
        Span<float> values = stackalloc float[Width];
        ulong state = key ^ (version * 0x9E3779B97F4A7C15);
        foreach (ref float value in values)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            value = (state >> 40) * (1f / (1 << 24));
        }

        byte[] row = new byte[RowCodec.RowBytes(RowPrecision.Int8, Width)];
        RowCodec.Encode(RowPrecision.Int8, values, row);
        return row;
    }

    private ulong Mix(ulong z)
    {
        z += (ulong)seed * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
