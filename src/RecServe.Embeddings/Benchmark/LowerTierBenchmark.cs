using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Measures one tier below process memory by itself, as a gather asks it: the distinct keys of a batch at once, found and decoded. Beside it, in turn, what a program
/// without that tier's code would do: reads of FASTER one by one, or MGET through the same client.
/// </summary>
public sealed class LowerTierBenchmark : IDisposable
{
    private const int Batches = 6, Rounds = 12;

    private readonly GatherBenchmarkOptions _options;
    private readonly TableId _id = new(0xBE2C);
    private readonly ulong[][] _keys;
    private readonly Action<TierBatch> _find;
    private readonly Func<ulong[], float[], double> _peer;
    private readonly List<IDisposable> _owned = [];

    private LowerTierBenchmark(GatherBenchmarkOptions options, ulong[] keys, Func<LowerTierBenchmark, ulong[][], (Action<TierBatch>, Func<ulong[], float[], double>)> make)
    {
        _options = options;
        var ranks = new ZipfRanks(options.Rows, options.Skew, (int)options.Seed);
        _keys = [.. Enumerable.Range(0, Batches).Select(_ => Enumerable.Range(0, options.Batch).Select(_ => keys[ranks.Next()]).Distinct().ToArray())];
        (_find, _peer) = make(this, _keys);
    }

    /// <summary>The node's store, its whole log in memory.</summary>
    /// <param name="options">Sizes; <see cref="GatherBenchmarkOptions.Threads"/> and <see cref="GatherBenchmarkOptions.Inserted"/> do not apply.</param>
    /// <param name="directory">A fresh folder, the caller's to delete.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    public static LowerTierBenchmark OfStore(GatherBenchmarkOptions options, string directory, IProgress<string>? progress)
    {
        (ulong[] keys, byte[] rows, int rowBytes) = Make(options);
        return new LowerTierBenchmark(options, keys, (bench, _) =>
        {
            progress?.Report("importing rows into the store");
            RowStore store = bench.Own(RowStore.Open(new RowStoreOptions
            {
                Directory = directory,
                LogMemoryBytes = Math.Max(16L << 20, (rowBytes + 64L) * options.Rows * 3),
                IndexBytes = Math.Max(1 << 20, options.Rows / 5L * 64),
                MutableShare = 0.9,
            }));
            store.Register(bench._id, "bench", options.Dim, options.Precision);
            RowLoad load = store.Load(bench._id);
            load.Add(keys, options.Precision, rows);
            load.Complete();
            progress?.Report("filling FASTER");
            FasterGather faster = bench.Own(new FasterGather(keys, options.Precision, options.Dim, rows));
            return (store.Find, (batch, values) => faster.NanosecondsPerRow(batch, values.AsSpan(0, batch.Length * options.Dim)));
        });
    }

    /// <summary>Redis on this machine; null where redis-server is not on PATH. It holds the rows that are asked for, no others.</summary>
    /// <param name="options">Sizes; <see cref="GatherBenchmarkOptions.Threads"/> and <see cref="GatherBenchmarkOptions.Inserted"/> do not apply.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    public static LowerTierBenchmark? OfRedis(GatherBenchmarkOptions options, IProgress<string>? progress)
    {
        if (LocalRedis.TryStart() is not { } server)
            return null;
        (ulong[] keys, byte[] rows, int rowBytes) = Make(options);
        return new LowerTierBenchmark(options, keys, (bench, batches) =>
        {
            bench.Own(server);
            progress?.Report("writing rows to Redis");
            SharedRows shared = bench.Own(new SharedRows(new SharedRowsOptions
            {
                ConnectionString = server.ConnectionString,
                Timeout = TimeSpan.FromSeconds(1),
                RememberFor = TimeSpan.Zero,
                QueueRows = 1_000_000,
                QueueBytes = 1L << 30,
            }));
            shared.Serve(bench._id, options.Precision, options.Dim);
            HashSet<ulong> asked = [.. batches.SelectMany(batch => batch)];
            int[] numbers = [.. Enumerable.Range(0, keys.Length).Where(i => asked.Contains(keys[i]))];
            RowDelta[] deltas = [.. numbers.Select(i => RowDelta.OfEncoded(keys[i], 1, options.Precision, rows.AsMemory(i * rowBytes, rowBytes)))];
            if (!SpinWait.SpinUntil(() => shared.State == SharedRowsState.Closed, TimeSpan.FromSeconds(10)))
                throw new InvalidOperationException("no connection to the Redis server that was started");
            shared.Offer(bench._id, deltas);
            if (!shared.DrainedAsync(TimeSpan.FromMinutes(2)).GetAwaiter().GetResult())
                throw new InvalidOperationException("the rows were not written to Redis within two minutes");
            byte[] some = new byte[numbers.Length * rowBytes];
            for (int i = 0; i < numbers.Length; i++)
                rows.AsSpan(numbers[i] * rowBytes, rowBytes).CopyTo(some.AsSpan(i * rowBytes));
            RedisRows redis = bench.Own(new RedisRows(server.ConnectionString, [.. numbers.Select(i => keys[i])], some, rowBytes));
            byte[] encoded = new byte[options.Batch * rowBytes];
            return (batch => shared.Find(batch, TimeSpan.FromSeconds(1)), (batch, values) =>
            {
                long start = Stopwatch.GetTimestamp();
                redis.Gather(batch, encoded);
                for (int j = 0; j < batch.Length; j++)
                    RowCodec.Decode(options.Precision, encoded.AsSpan(j * rowBytes, rowBytes), values.AsSpan(j * options.Dim, options.Dim));
                return Stopwatch.GetElapsedTime(start).TotalNanoseconds / batch.Length;
            });
        });
    }

    /// <summary>Measures both sides in turn.</summary>
    /// <param name="cancellation">Stops between two rounds.</param>
    public LowerTierFigures Run(CancellationToken cancellation)
    {
        var batch = new TierBatch();
        float[] values = new float[_options.Batch * _options.Dim];
        double[] ours = new double[Rounds], peer = new double[Rounds];
        long asked = 0, missing = 0;
        for (int round = -2; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            ulong[] keys = _keys[(round + 2) % Batches];
            long start = Stopwatch.GetTimestamp();
            batch.Clear();
            foreach (ulong key in keys)
                batch.Add(_id, key, 0);
            _find(batch);
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Tier(i) != RowTier.None)
                    RowCodec.Decode(batch.Precision(i), batch.Row(i), values.AsSpan(i * _options.Dim, _options.Dim));
            }

            double mine = Stopwatch.GetElapsedTime(start).TotalNanoseconds / keys.Length, theirs = _peer(keys, values);
            if (round < 0)
                continue;
            (ours[round], peer[round]) = (mine, theirs);
            (asked, missing) = (asked + keys.Length, missing + batch.Missing);
        }

        double[] ratios = [.. ours.Zip(peer, (o, p) => o / p).Order()];
        Array.Sort(ours);
        Array.Sort(peer);
        return new LowerTierFigures(ours[Rounds / 2], peer[Rounds / 2], ratios[Rounds / 2], asked, missing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
    }

    private T Own<T>(T disposable) where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    private static (ulong[] Keys, byte[] Rows, int RowBytes) Make(GatherBenchmarkOptions options)
    {
        var random = new Random((int)options.Seed);
        int rowBytes = RowCodec.RowBytes(options.Precision, options.Dim);
        ulong[] keys = new ulong[options.Rows];
        byte[] rows = new byte[checked(options.Rows * rowBytes)];
        float[] values = new float[options.Dim];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((ulong)i + 1) * 0x9E3779B97F4A7C15;
            for (int d = 0; d < values.Length; d++)
                values[d] = random.NextSingle() - 0.5f;
            RowCodec.Encode(options.Precision, values, rows.AsSpan(i * rowBytes, rowBytes));
        }

        return (keys, rows, rowBytes);
    }
}
