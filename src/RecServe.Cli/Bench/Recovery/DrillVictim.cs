using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Bench.Recovery;

/// <summary>
/// The process that is killed: recovers the store, applies updates in one thread, and takes checkpoints and reclaims space in another without pause. It
/// tells each step before and after on standard output, which the drill reads to the end after the kill: so it is known what the kill fell into.
/// </summary>
internal static class DrillVictim
{
    /// <summary>Small sizes: every run rolls through many pages, segments and checkpoints.</summary>
    public static RowStoreOptions Options(string directory) => new()
    {
        Directory = directory,
        LogMemoryBytes = 4 << 20,
        PageBytes = 64 << 10,
        SegmentBytes = 1 << 20,
        IndexBytes = 1 << 20,
        IndexCheckpointEvery = 4 << 20,
        DiskThreads = 8,
    };

    /// <summary>Runs until it is killed, or until so many batches are checkpointed.</summary>
    public static void Run(string directory, int keys, int seed, long until, TextWriter output)
    {
        output.WriteLine("recover begins");
        using RowStore store = RowStore.Open(Options(directory));
        long done = store.Offsets.GetValueOrDefault(DrillUpdates.Source);
        output.WriteLine($"recover ends {store.Recovery.Checkpoint} {done}");
        store.Register(DrillUpdates.Table, "drill", DrillUpdates.Width, RowPrecision.Int8);
        var updates = new DrillUpdates(keys, seed);
        Exception? failure = null;
        var applier = new Thread(() =>
        {
            try
            {
                for (long next = done; next < until; next++)
                {
                    store.Apply(DrillUpdates.Table, updates.Batch(next));
                    Volatile.Write(ref done, next + 1);
                }
            }
            catch (Exception e)
            {
                Volatile.Write(ref failure, e);
            }
        });
        applier.Start();
        long offset;
        do
        {
            offset = Volatile.Read(ref done);
            output.WriteLine($"checkpoint begins {offset}");
            CheckpointResult result = store.Checkpoint(new Dictionary<string, long> { [DrillUpdates.Source] = offset });
            output.WriteLine($"checkpoint ends {result.Number} {offset}");
            if (result.Number % 5 == 0)
            {
                output.WriteLine("reclaim begins");
                output.WriteLine($"reclaim ends {store.Reclaim()}");
            }

            if (Volatile.Read(ref failure) is Exception e)
                throw e;
        }
        while (offset < until);
    }
}
