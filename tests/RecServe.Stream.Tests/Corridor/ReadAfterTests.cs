namespace RecServe.Stream.Tests.Corridor;

/// <summary>A reader that waits for a token never sees a row from before it, whatever comes meanwhile and although the node dies in the middle.</summary>
public sealed class ReadAfterTests
{
    private const int Trials = 100_000, Readers = 2, Keys = 200, Partitions = 4;

    // The second life reads again what came between checkpoint and death: all of it must still be in the log, of whose 64 MiB a partition two million messages take some 30.
    private const int MessagesATrial = 20;

    [Fact]
    public async Task What_is_read_after_a_token_is_never_from_before_it()
    {
        using var node = new TestNode();
        var written = new Written(new MemoryLog(Partitions, bytes: 64 << 20));
        node.Start(written.Log.Reader("recserve.rows"));
        long done = 0, early = 0, waited = 0;
        var gate = new ReaderWriterLockSlim();
        Task[] readers = [.. Enumerable.Range(0, Readers).Select(reader => Task.Run(() => Read(reader)))];
        Task writer = Task.Run(Write);

        await UntilAsync(() => Volatile.Read(ref done) > Trials / 3, readers);
        node.Checkpoint();
        await UntilAsync(() => Volatile.Read(ref done) > Trials / 2, readers);
        gate.EnterWriteLock();
        node.Die(); // what came since the checkpoint is read again by the next life
        node.Start(written.Log.Reader("recserve.rows"));
        gate.ExitWriteLock();
        await Task.WhenAll([.. readers, writer]);

        Assert.Equal(0, early);
        Assert.InRange(done, Trials, Trials + Readers);
        Assert.True(waited > Trials / 2, $"{waited} of {done} had to wait");

        async Task Write()
        {
            var random = new Random(9);
            for (long message = 0; !readers.All(reader => reader.IsCompleted);)
            {
                if (message < 10_000 + (MessagesATrial * Volatile.Read(ref done)))
                {
                    written.Next(random);
                    message++;
                }
                else
                {
                    await Task.Delay(1);
                }
            }
        }

        void Read(int seed)
        {
            var random = new Random(seed);
            float[] row = new float[TestUpdates.Width];
            bool[] found = new bool[1];
            while (Interlocked.Read(ref done) < Trials)
            {
                // One's own, just now written, which most often is not applied yet, or another's.
                (int key, ulong version, FreshnessToken token) = random.Next(4) > 0 ? written.Next(random) : written.Newest(random.Next(Keys));
                if (version == 0)
                    continue;
                gate.EnterReadLock();
                try
                {
                    Interlocked.Add(ref waited, node.Consumer.HasReached(token) ? 0 : 1);
                    if (!node.Consumer.WaitAsync(token, TimeSpan.FromMinutes(1)).GetAwaiter().GetResult())
                        throw new TimeoutException($"{token} was not reached: {string.Join(", ", node.Consumer.Measure().Shards)}");
                    node.Table.ReadHot([(ulong)key + 2], row, found);
                }
                finally
                {
                    gate.ExitReadLock();
                }

                if (!found[0] || row[0] < version)
                    Interlocked.Increment(ref early);
                Interlocked.Increment(ref done);
            }
        }
    }

    private static async Task UntilAsync(Func<bool> condition, Task[] readers)
    {
        while (!condition() && !readers.Any(reader => reader.IsFaulted))
            await Task.Delay(1);
    }

    /// <summary>The log, and the newest update of each key.</summary>
    private sealed class Written(MemoryLog log)
    {
        private readonly (int Partition, long Offset, ulong Version)[] _newest = new (int, long, ulong)[Keys];
        private ulong _version;

        public MemoryLog Log => log;

        /// <summary>Writes the next update, of some key to some partition.</summary>
        public (int Key, ulong Version, FreshnessToken Token) Next(Random random)
        {
            int key = random.Next(Keys), partition = random.Next(Partitions);
            lock (_newest)
            {
                ulong version = ++_version;
                byte[] message = RowUpdateCodec.Encode(new RowUpdate(TestUpdates.Lineage, TestUpdates.Table, "trainer", 1,
                    [Embeddings.RowDelta.Of((ulong)key + 2, version, new float[] { version, 0, 0, 0 })], []));
                long offset = log.TryAppend(partition, default, message, 0) ?? throw new InvalidOperationException("the log is full of unread messages");
                _newest[key] = (partition, offset, version);
            }

            return Newest(key);
        }

        /// <summary>The newest update of a key; version 0 for none.</summary>
        public (int Key, ulong Version, FreshnessToken Token) Newest(int key)
        {
            (int Partition, long Offset, ulong Version) newest;
            lock (_newest)
                newest = _newest[key];
            return (key, newest.Version, new FreshnessToken(FreshnessToken.Rows, newest.Partition, newest.Offset));
        }
    }
}
