using FASTER.core;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The node's store of record: one FASTER hybrid log for the rows of all tables, its newest part in memory and the rest on disk, with a hash index in memory.
/// What was checkpointed survives the end of the process at any instant.
/// </summary>
public sealed partial class RowStore : IRowStore
{
    private readonly RowStoreOptions _options;
    private readonly DirectoryLock _directoryLock;
    private readonly DiskThreads _threads;
    private readonly CheckpointFiles _files;
    private readonly Dictionary<TableId, TableState> _tables = [];

    // Set by OpenLog, which recovery may have to call more than once.
    private LogDevice _device = null!;
    private FasterKV<RowKey, SpanByte> _log = null!;
    private SessionPool _sessions = null!;
    private volatile bool _disposed;

    /// <summary>How rows were recovered when the store was opened.</summary>
    public RecoveryReport Recovery { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Offsets { get; private set; } = new Dictionary<string, long>();

    /// <inheritdoc/>
    public StoredTable Register(TableId id, string name, int width, RowPrecision precision)
    {
        if (width != 0)
            RowCodec.RowBytes(precision, width);
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_tables.TryGetValue(id, out TableState? state))
                _tables[id] = state = new TableState(new StoredTable(id, name, width, precision, 0, 0, 0, 0, false));
            if (state.Table.Width != width || state.Table.Precision != precision)
                throw new ArgumentException($"table '{name}' ({id}) has rows of {width} numbers in {precision}; the store knows it with {state.Table.Width} in {state.Table.Precision}");
            return state.Table = state.Table with { Name = name };
        }
    }

    /// <inheritdoc/>
    public RowStoreSnapshot Measure()
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            StoredTable[] tables = [.. _tables.Values.Select(state => state.Table)];
            return new RowStoreSnapshot
            {
                Rows = tables.Sum(table => table.Rows),
                Tombstones = tables.Sum(table => table.Tombstones),
                Tables = tables,
                LogBytes = _log.Log.TailAddress - _log.Log.BeginAddress,
                LiveLogBytes = tables.Sum(table => table.LiveBytes),
                MemoryBytes = _log.Log.MemorySizeBytes,
                DiskBytes = _device.FileBytes(),
                IndexBytes = 64 * (_log.IndexSize + _log.OverflowBucketCount),
                Checkpoint = _number,
                DiskReads = _device.Reads,
                DiskReadBytes = _device.BytesRead,
                DiskWrittenBytes = _device.BytesWritten + Interlocked.Read(ref _journaledBytes),
                ReadErrors = _device.ReadErrors,
                DamagedRows = _sessions.Damaged + _writing.Session.Functions.Damaged,
                WriteError = _device.WriteError?.Message,
            };
        }
    }

    /// <summary>Closes the files. What was applied since the last checkpoint is lost, as after a kill: take one before.</summary>
    public void Dispose()
    {
        lock (_checkpointing)
        {
            lock (_writer)
            {
                if (_disposed)
                    return;
                _disposed = true;
                CloseLog();
                _journalFile?.Dispose();
                _journal.Dispose();
                _threads.Dispose();
                _directoryLock.Dispose();
            }
        }
    }

    private void CloseLog()
    {
        _writing.Dispose();
        _sessions.Dispose();
        _log.Dispose();
        _device.Dispose();
    }
}
