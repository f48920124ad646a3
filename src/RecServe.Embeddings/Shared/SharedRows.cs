using System.Collections.Concurrent;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Rows that replicas share through Redis, a single server or a cluster. Look-ups wait a bounded time and never fail: a server that is gone, slow, empty
/// or restarted answers nothing, and the caller is told so. Rows are written behind, off the caller's thread. Safe for any number of threads.
/// </summary>
/// <remarks>
/// A node offers a change before it applies it to its own tables. Then a look-up whose stamp was taken after the change sees it: until the server has
/// confirmed it in the rows that wait, afterwards in the server.
/// </remarks>
public sealed partial class SharedRows : IDisposable
{
    private readonly SharedRowsOptions _options;
    private readonly ISharedStore _store;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<TableId, Shape> _tables = new();
    private readonly RecentAnswers _answers;
    private readonly LaneBreakers _breakers;
    private readonly WriteQueue _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _timeoutTicks;
    private readonly Task _tending, _draining;

    /// <summary>Starts to connect, in the background; until that succeeds look-ups answer nothing.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock of breakers, probes and remembered answers; the system's by default.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the connection string cannot be read; it is not repeated.</exception>
    public SharedRows(SharedRowsOptions options, TimeProvider? time = null)
        : this(Checked(options), new RedisStore(options.ConnectionString, options.Prefix), time ?? TimeProvider.System)
    {
    }

    internal SharedRows(SharedRowsOptions options, ISharedStore store, TimeProvider time)
    {
        (_options, _store, _time) = (Checked(options), store, time);
        _timeoutTicks = Ticks(options.Timeout);
        _answers = new RecentAnswers(Ticks(options.RememberFor), options.RememberBytes);
        _breakers = new LaneBreakers(options.FailuresToOpen);
        _queue = new WriteQueue(options.QueueRows, options.QueueBytes);
        _probes = new Probe?[RowLanes.Count];
        _shareAt = _time.GetTimestamp();

        // Known before the first turn of the tending: coming late, it would take them for another server's and close what opened meanwhile.
        _lanes = store.Lanes;
        _tending = Task.Run(TendAsync);
        _draining = Task.Run(DrainAsync);
    }

    /// <summary>Makes a table's rows known: only rows of this shape are taken from the server or written to it. Idempotent.</summary>
    /// <param name="table">Identity of the table.</param>
    /// <param name="precision">How rows that are offered as floats are stored.</param>
    /// <param name="dim">Floats of a row, 1 to 4096.</param>
    /// <exception cref="ArgumentException">The table is known with other rows.</exception>
    public void Serve(TableId table, RowPrecision precision, int dim)
    {
        _ = RowCodec.RowBytes(precision, dim);
        Shape shape = _tables.GetOrAdd(table, new Shape(precision, dim));
        if (shape != new Shape(precision, dim))
            throw new ArgumentException($"table {table} has rows of {shape.Dim} numbers in {shape.Precision}, not of {dim} in {precision}");
    }

    /// <summary>Forgets a table: look-ups leave its keys alone.</summary>
    public void Release(TableId table) => _tables.TryRemove(table, out _);

    /// <summary>Ends the background work and closes the connection; rows that wait are lost to the others unless <see cref="DrainedAsync"/> came first.</summary>
    public void Dispose()
    {
        if (_stop.IsCancellationRequested)
            return;
        _stop.Cancel();
        _store.Dispose();
        Task.WaitAll([_tending, _draining], TimeSpan.FromSeconds(5));
        _stop.Dispose();
        _work.Dispose();
    }

    private static SharedRowsOptions Checked(SharedRowsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return options;
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private readonly record struct Shape(RowPrecision Precision, int Dim);
}
