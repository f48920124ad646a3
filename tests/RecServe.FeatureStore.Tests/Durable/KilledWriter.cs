using System.Globalization;
using RecServe.Embeddings;
using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Durable;

/// <summary>The child that <see cref="KillTests"/> kills: applies row after row of an endless log, from the offset in its store's checkpoint on, and takes checkpoints.</summary>
internal static class KilledWriter
{
    public const string Source = "test:0";

    public static void Run(string directory, TextWriter said)
    {
        using RowStore rows = TemporaryRows.Open(directory);
        using var store = new DurableFeatureStore(rows, new DurableFeatureStoreOptions { HotBytes = 64 << 10 });
        for (long next = rows.Offsets.GetValueOrDefault(Source); ;)
        {
            var batch = new FeatureRow[50];
            for (int i = 0; i < batch.Length; i++)
                batch[i] = RowAt(next++);
            store.Apply(batch);
            if (next % 500 != 0)
                continue;
            rows.Checkpoint(new Dictionary<string, long> { [Source] = next });
            said.WriteLine(next.ToString(CultureInfo.InvariantCulture));
            said.Flush();
        }
    }

    /// <summary>The log: message n is always the same. Ids come again and again, one in seven is a deletion, and now and then an old version comes late.</summary>
    public static FeatureRow RowAt(long offset)
    {
        ulong mixed = ((ulong)offset + 1) * 0x9E3779B97F4A7C15;
        var entity = (FieldSide)(mixed >> 60 & 1);
        string id = $"id{mixed >> 40 & 255}";
        ulong version = (ulong)offset + 100 - (mixed >> 30) % 90;
        return (mixed >> 20) % 7 == 0
            ? FeatureRow.Deletion(entity, id, version, "p", offset)
            : new FeatureRowBuilder(entity, id, version, "p", offset).Text("text", new string('x', (int)(mixed >> 10 & 511))).Number("offset", offset).Build();
    }
}
