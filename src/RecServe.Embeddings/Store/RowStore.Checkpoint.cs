using System.Diagnostics;
using FASTER.core;
using RecServe.Artifacts;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    private readonly Lock _checkpointing = new();
    private readonly CheckpointChain _kept;
    private readonly bool _writesDirectly;
    private readonly uint _alignment;
    private long _number, _pageBytes, _segmentBytes, _indexedTo, _readErrorsAtStart;
    private Guid _indexToken;
    private string? _failure;

    /// <inheritdoc/>
    public CheckpointResult Checkpoint(IReadOnlyDictionary<string, long> offsets)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_checkpointing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_failure is not null)
                throw new RowStoreException(_failure);
            _device.ReleaseHeld();
            if (TryJournal(offsets, start) is { } journaled)
                return journaled;
            bool withIndex = _indexToken == default || _log.Log.TailAddress - _indexedTo >= _options.IndexCheckpointEvery;
            (Guid token, StoredTable[] tables, long tail, Task written) = Shift(withIndex);
            try
            {
                return Publish(written, token, withIndex, tables, tail, offsets, start);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _kept.Discard(token);
                throw CannotWrite(e);
            }
        }
    }

    private CheckpointResult Publish(
        Task written, Guid token, bool withIndex, StoredTable[] tables, long tail, IReadOnlyDictionary<string, long> offsets, long start)
    {
        long before = _device.BytesWritten;
        written.GetAwaiter().GetResult();
        _files.End();
        _device.Sync();
        CheckpointManifest manifest = Describe(token, withIndex, tables, tail, offsets);
        _kept.Publish(manifest);
        BeginJournalFile(manifest);
        (_number, _indexToken, _indexedTo) = (manifest.Number, manifest.IndexToken, manifest.IndexedTo);
        Offsets = manifest.Offsets;
        _device.DeleteBelow(_kept.BeginAddress);
        long index = withIndex ? manifest.Files.Sum(file => file.Bytes) : 0;
        return new CheckpointResult(manifest.Number, withIndex, _device.BytesWritten - before + index, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>
    /// Begins a checkpoint, with updates held off until the store has moved to its next version: what was applied before is in the checkpoint, and the counts are
    /// those of exactly that. Updates then go on while the log is written.
    /// </summary>
    private (Guid Token, StoredTable[] Tables, long Tail, Task Written) Shift(bool withIndex)
    {
        lock (_writer)
        {
            _files.Begin();
            StoredTable[] tables = [.. _tables.Values.Select(state => state.Table)];
            long version = _writing.Session.CurrentVersion(), tail = _log.Log.TailAddress;
            bool begun = withIndex
                ? _log.TryInitiateFullCheckpoint(out Guid token, CheckpointType.FoldOver)
                : _log.TryInitiateHybridLogCheckpoint(out token, CheckpointType.FoldOver);
            if (!begun)
                throw new RowStoreException("another checkpoint is under way");
            Task written = Task.Run(async () => await _log.CompleteCheckpointAsync().ConfigureAwait(false));
            SpinWait wait = default;
            while (_writing.Session.CurrentVersion() == version && !written.IsCompleted)
                wait.SpinOnce();

            // From here on, for the checkpoint that follows this one; until this one is published, none may follow that does not fold.
            _folded = null;
            _journal.Begin();
            return (token, tables, tail, written);
        }
    }

    private CheckpointManifest Describe(Guid token, bool withIndex, StoredTable[] tables, long tail, IReadOnlyDictionary<string, long> offsets)
    {
        Guid indexToken = withIndex ? token : _indexToken;
        var files = new List<CheckpointFile>();
        foreach (Guid part in (HashSet<Guid>)[indexToken, token])
        {
            string directory = _files.PathOf(part);
            foreach (string path in Directory.GetFiles(directory).Order(StringComparer.Ordinal))
            {
                // An older checkpoint's log.meta and journal stand beside its index, which is all that is wanted of it.
                if (part == token || Path.GetFileName(path) is not ("log.meta" or JournalFile.Name))
                    files.Add(_kept.Sealed(path) ?? _kept.Seal(path));
            }

            DurableDirectory.Sync(directory);
        }

        DurableDirectory.Sync(_files.Directory);
        DurableDirectory.Sync(_options.Directory);
        return new CheckpointManifest
        {
            Number = _number + 1,
            IndexToken = indexToken,
            LogToken = token,
            Files = files,
            BeginAddress = _log.Log.BeginAddress,
            TailAddress = tail,
            IndexedTo = withIndex ? tail : _indexedTo,
            PageBytes = _pageBytes,
            SegmentBytes = _segmentBytes,
            IndexBytes = 64 * _log.IndexSize,
            Tables = tables,
            Offsets = new Dictionary<string, long>(offsets),
        };
    }
}
