namespace RecServe.Stream.Tests.Corridor;

/// <summary>A reader that waits for a token never sees a row from before it, whatever comes meanwhile and although the node dies in the middle.</summary>
public sealed class ReadAfterTests
{
    private const int Trials = 100_000, Readers = 2, Keys = 200, Partitions = 4;

    [Fact]
    public async Task What_is_read_after_a_token_is_never_from_before_it()
    {
        using var node = new TestNode();
        var log = new MemoryLog(Partitions, bytes: 64 << 20);
        node.Start(log.Reader("recserve.rows"));
        long done = 0, early = 0;
        var newest = new (int Partition, long Offset, ulong Version)[Keys];
        using var stop = new CancellationTokenSource();
        var gate = new ReaderWriterLockSlim();
        Task writer = Task.Run(() => Write(log, newest, stop.Token));
        Task[] readers = [.. Enumerable.Range(0, Readers).Select(reader => Task.Run(() => Read(reader)))];

        await UntilAsync(() => Volatile.Read(ref done) > Trials / 3);
        node.Checkpoint();
        await UntilAsync(() => Volatile.Read(ref done) > Trials / 2);
        gate.EnterWriteLock();
        node.Die(); // what came since the checkpoint is read again by the next life
        node.Start(log.Reader("recserve.rows"));
        gate.ExitWriteLock();
        await Task.WhenAll(readers);
        await stop.CancelAsync();
        await writer;

        Assert.Equal(0, early);
        Assert.InRange(done, Trials, Trials + Readers);

        void Read(int seed)
        {
            var random = new Random(seed);
            float[] row = new float[TestUpdates.Width];
            bool[] found = new bool[1];
            while (Interlocked.Read(ref done) < Trials)
            {
                int key = random.Next(Keys);
                int partition;
                long offset;
                ulong version;
                lock (newest)
                    (partition, offset, version) = newest[key];
                if (version == 0)
                    continue;
                gate.EnterReadLock();
                try
                {
                    if (!node.Consumer.WaitAsync(new FreshnessToken(FreshnessToken.Rows, partition, offset), TimeSpan.FromMinutes(1)).GetAwaiter().GetResult())
                        throw new TimeoutException("the token was not reached");
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

    private static async Task Write(MemoryLog log, (int Partition, long Offset, ulong Version)[] newest, CancellationToken stop)
    {
        var random = new Random(9);
        for (ulong version = 1; !stop.IsCancellationRequested && version < 1 << 23; version++)
        {
            int key = random.Next(Keys), partition = random.Next(Partitions);
            byte[] message = RowUpdateCodec.Encode(new RowUpdate(TestUpdates.Lineage, TestUpdates.Table, "trainer", 1,
                [Embeddings.RowDelta.Of((ulong)key + 2, version, new float[] { version, 0, 0, 0 })], []));
            long offset = await log.AppendAsync(partition, default, message, 0, CancellationToken.None);

            // Published as one value: a reader must not mix two updates' offset and version.
            lock (newest)
                newest[key] = (partition, offset, version);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Yield();
    }
}
