using System.Diagnostics.CodeAnalysis;

namespace RecServe.Embeddings;

public sealed partial class SharedRows
{
    // Names gathered before their rows are read: some 64 of each lane.
    private const int WarmRows = 4096;

    /// <summary>
    /// Hands the shared rows of tables to a node that starts. The server's whole key space is walked once for all tables, with memory for 4,096 rows at a time;
    /// a server that fails meanwhile ends it early, without an exception.
    /// </summary>
    /// <param name="tables">Served tables.</param>
    /// <param name="mostRows">Rows to hand over at most; 1 or more.</param>
    /// <param name="stamp">Gives <see cref="TierBatch.Stamp"/> of a key before its row is read.</param>
    /// <param name="take">Receives each batch, on a thread of the pool, one at a time; found and deleted entries count, the others were gone. Rows may come twice: their versions say which is newer.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    public Task<SharedWarmUp> WarmAsync(IReadOnlyCollection<TableId> tables, long mostRows, Func<TableId, ulong, long> stamp, Action<TierBatch> take,
        IProgress<SharedWarmUp>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(stamp);
        ArgumentNullException.ThrowIfNull(take);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRows, 1);
        foreach (TableId table in tables)
            ShapeOf(table);
        // The walk blocks its thread.
        return Task.Factory.StartNew(
            () => Warm(new HashSet<TableId>(tables), mostRows, stamp, take, progress, cancellation),
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private SharedWarmUp Warm(HashSet<TableId> tables, long mostRows, Func<TableId, ulong, long> stamp, Action<TierBatch> take,
        IProgress<SharedWarmUp>? progress, CancellationToken cancellation)
    {
        if (_store.Lanes == 0)
            return new SharedWarmUp(0, 0, SharedRowsTrouble.NotConnected, false);
        SharedWarmUp done = default;
        var batch = new TierBatch();
        HashSet<RowId> ids = new(WarmRows);
        foreach (IEnumerable<RowId> server in _store.Enumerate())
        {
            using IEnumerator<RowId> names = server.GetEnumerator();
            bool isMore = true;
            while (isMore)
            {
                ids.Clear();
                long room = Math.Min(WarmRows, mostRows - done.Handed);
                while (ids.Count < room && (isMore = MoveNext(names, ref done)))
                {
                    cancellation.ThrowIfCancellationRequested();
                    done = done with { Seen = done.Seen + 1 };
                    if (tables.Contains(names.Current.Table))
                        ids.Add(names.Current);
                }

                HandOver(ids, batch, stamp, take, ref done, cancellation);
                progress?.Report(done);
                if (done.Handed >= mostRows)
                    return done with { IsCut = true };
            }
        }

        return done;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "whatever the client throws, this server names no more rows")]
    private static bool MoveNext(IEnumerator<RowId> names, ref SharedWarmUp done)
    {
        try
        {
            return names.MoveNext();
        }
        catch (Exception)
        {
            done = done with { Trouble = done.Trouble | SharedRowsTrouble.Failed };
            return false;
        }
    }

    private void HandOver(HashSet<RowId> ids, TierBatch batch, Func<TableId, ulong, long> stamp, Action<TierBatch> take, ref SharedWarmUp done, CancellationToken cancellation)
    {
        batch.Clear();
        var look = new LookUp();
        foreach (IGrouping<int, RowId> lane in ids.GroupBy(id => _store.Lanes > 1 ? RowLanes.Of(id) : 0))
        {
            foreach (RowId[] chunk in lane.Chunk(MostRows))
            {
                int first = batch.Count;
                foreach (RowId id in chunk)
                    batch.Add(id.Table, id.Key, stamp(id.Table, id.Key));
                if (ReadAll(chunk, ref done, cancellation) is not { } values)
                    continue;
                for (int i = 0; i < chunk.Length; i++)
                {
                    if (_tables.TryGetValue(chunk[i].Table, out Shape shape))
                        Fill(batch, first + i, values[i], shape, look);
                }
            }
        }

        if (batch.Count > batch.Missing)
            take(batch);
        done = done with { Handed = done.Handed + batch.Count - batch.Missing };
        Add(ref _foreign, look.Foreign);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "whatever the client throws, these rows were not read")]
    private byte[]?[]? ReadAll(RowId[] ids, ref SharedWarmUp done, CancellationToken cancellation)
    {
        try
        {
            return _store.Read(ids).WaitAsync(_options.ReconnectAfter, _time, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            done = done with { Trouble = done.Trouble | (error is TimeoutException ? SharedRowsTrouble.TimedOut : SharedRowsTrouble.Failed) };
            return null;
        }
    }
}
