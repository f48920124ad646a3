using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    // A checkpoint that has more to write folds the log over, which writes each row once, however often it changed.
    private const long MostInMemory = 32 << 20;

    private readonly ChangeJournal _journal;
    private JournalFile? _journalFile;

    /// <summary>The last checkpoint that folded the log over, whose journal goes on; null if the next one has to fold.</summary>
    private CheckpointManifest? _folded;

    private long _journaledBytes;

    /// <summary>Takes a checkpoint by adding what changed since the last one to the journal; null where the log has to be folded over.</summary>
    private CheckpointResult? TryJournal(IReadOnlyDictionary<string, long> offsets, long start)
    {
        if (_folded is null)
            return null;
        List<JournalMemory> blocks;
        StoredTable[] tables;
        lock (_writer)
        {
            if (!_journal.IsWhole || (_journalFile?.Bytes ?? 0) + _journal.Bytes > _options.JournalBytes)
                return null;
            blocks = _journal.Take();
            tables = [.. _tables.Values.Select(state => state.Table)];
        }

        try
        {
            _journalFile ??= new JournalFile(_kept.JournalPath(_folded.LogToken), _writesDirectly, _options.IsBusy);
            long before = _journalFile.Bytes;
            _journalFile.Append(blocks);
            long bytes = _journalFile.Bytes - before;
            _journaledBytes += bytes;
            CheckpointManifest manifest = _folded with { Number = _number + 1, JournalBytes = _journalFile.Bytes, Tables = tables, Offsets = new Dictionary<string, long>(offsets) };
            _kept.Publish(manifest);
            (_number, Offsets) = (manifest.Number, manifest.Offsets);
            return new CheckpointResult(_number, false, bytes, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was taken is in no journal that counts: the log has it.
            _folded = null;
            throw CannotWrite(e);
        }
        finally
        {
            lock (_writer)
                _journal.Recycle(blocks);
        }
    }

    /// <summary>Begins the journal behind a log that was folded over and published.</summary>
    private void BeginJournalFile(CheckpointManifest folded)
    {
        _journalFile?.Dispose();
        (_journalFile, _folded) = (null, folded);
    }

    /// <summary>
    /// Writes what a journal holds into the log that was folded over before it. A record whose version is not newer than the row's has no effect, so it does not matter that some may be in the log
    /// already. Counts are those of the checkpoint.
    /// </summary>
    private void Replay(CheckpointManifest manifest)
    {
        _readErrorsAtStart = _device.ReadErrors;
        string? problem = JournalFile.Read(_kept.JournalPath(manifest.LogToken), manifest.JournalBytes, (key, record) =>
        {
            if (!StoredRecord.IsWhole(record, key))
                throw new RowStoreException($"the journal of {_options.Directory} holds a record that is damaged, in a block that is not");
            ReadOnlySpan<byte> row = StoredRecord.Row(record);
            if (_writing.IsFull(row.Length))
                Finish();
            _writing.Add(key, StoredRecord.IsTombstone(record) ? ChangeKind.Deletion : ChangeKind.Encoded, StoredRecord.Version(record), StoredRecord.Precision(record), 0, row, StoredRecord.Origin(record));
        });
        Finish();
        if (problem is not null)
            throw new RowStoreException($"the journal of {_options.Directory} changed while it was read: {problem}");

        void Finish()
        {
            _writing.Complete();
            for (int i = 0; i < _writing.Count; i++)
            {
                if (_writing.Outcome(i).Kind is OutcomeKind.Unreadable or OutcomeKind.None)
                    throw new RowStoreException($"the row store in {_options.Directory} cannot read rows that its journal replaces; its disk may be failing");
            }

            _writing.Clear();
        }
    }

    private static RowStoreException CannotWrite(Exception e) =>
        e as RowStoreException ?? new RowStoreException($"the checkpoint cannot be written: {e.Message}; the one before stays good", e);
}
