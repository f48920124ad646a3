using System.Diagnostics;
using System.Globalization;
using System.Text;
using RecServe.Embeddings;
using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Durable;

public sealed class KillTests
{
    private const int Kills = 4;

    [Fact]
    public async Task What_was_checkpointed_survives_kills_and_replay_gives_the_reference()
    {
        string directory = Directory.CreateTempSubdirectory("recserve-features-").FullName;
        try
        {
            var random = new Random(11);
            for (int kill = 1; kill <= Kills; kill++)
            {
                long said = await KillAsync(directory, checkpoints: 1 + random.Next(4));
                using RowStore rows = TemporaryRows.Open(directory);
                using var store = new DurableFeatureStore(rows);
                long stored = rows.Offsets[KilledWriter.Source];
                Assert.True(stored >= said, $"checkpoint {said} was said to be taken, the store has {stored}");
                AssertEqual(store, stored);

                // What was in the log behind the checkpoint is replayed, some of it twice.
                for (long offset = Math.Max(0, stored - 70); offset < stored + 800; offset++)
                    store.Apply([KilledWriter.RowAt(offset)]);
                AssertEqual(store, stored + 800);
                if (kill % 2 == 0)
                    rows.Checkpoint(new Dictionary<string, long> { [KilledWriter.Source] = stored + 800 });
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void AssertEqual(DurableFeatureStore store, long end)
    {
        var reference = new Dictionary<(FieldSide, string), FeatureRow>();
        for (long offset = 0; offset < end; offset++)
        {
            FeatureRow row = KilledWriter.RowAt(offset);
            if (!reference.TryGetValue((row.Entity, row.IdText), out FeatureRow? before) || row.Version > before.Version)
                reference[(row.Entity, row.IdText)] = row;
        }

        foreach (((FieldSide entity, string id), FeatureRow row) in reference)
        {
            FeatureRow? found = store.FindOne(entity, Encoding.UTF8.GetBytes(id));
            Assert.Equal(row.IsDeletion ? null : row.ToString(), found?.ToString());
        }

        FeatureStoreSnapshot counts = store.Measure();
        Assert.Equal(reference.Values.Count(row => !row.IsDeletion), counts.Users + counts.Contexts);
        Assert.Equal(reference.Values.Count(row => row.IsDeletion), counts.Tombstones);
    }

    /// <summary>Kills a writer after so many checkpoints, in the middle of whatever comes next; gives the last one that it told of.</summary>
    private static async Task<long> KillAsync(string directory, int checkpoints)
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        using Process child = Process.Start(new ProcessStartInfo(host, ["exec", typeof(KillTests).Assembly.Location, directory])
        {
            RedirectStandardOutput = true,
        })!;
        long said = 0;
        for (int i = 0; i < checkpoints; i++)
            said = long.Parse((await child.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        child.Kill();
        await child.WaitForExitAsync();
        while (await child.StandardOutput.ReadLineAsync() is { Length: > 0 } line)
        {
            if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long later))
                said = later;
        }

        return said;
    }
}
