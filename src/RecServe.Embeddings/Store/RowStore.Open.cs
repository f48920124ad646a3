using System.Diagnostics;
using FASTER.core;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    private RowStore(RowStoreOptions options, IProgress<string>? progress)
    {
        long start = Stopwatch.GetTimestamp();
        _options = options;
        _directoryLock = new DirectoryLock(options.Directory);
        try
        {
            (_writesDirectly, _alignment) = options.WritesThroughCache ? (false, 512) : DirectFile.TakesWrites(options.Directory, options.DirectIO);
            _threads = new DiskThreads(options.DiskThreads);
            _files = new CheckpointFiles(options.Directory, _threads, options.IsBusy);
            _kept = new CheckpointChain(options.Directory, _files.Directory);
            _journal = new ChangeJournal(Math.Min(options.JournalBytes / 2, MostInMemory));
            List<string> warnings = [];
            CheckpointManifest? recovered = Recover(warnings, progress);
            _device.CountsShortReads = true;
            Recovery = new RecoveryReport(recovered?.Number ?? 0, warnings, Stopwatch.GetElapsedTime(start));
        }
        catch
        {
            _threads?.Dispose();
            _journal?.Dispose();
            _directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a store, made if absent, in the state of its newest checkpoint. Where that one is damaged the one before is used, and
    /// <see cref="Recovery"/> says so.
    /// </summary>
    /// <param name="options">Where it is and how much it may take.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="RowStoreException">The directory is in use, is something else, or none of its checkpoints can be recovered.</exception>
    public static RowStore Open(RowStoreOptions options, IProgress<string>? progress = null) => new(options.Checked(), progress);

    private CheckpointManifest? Recover(List<string> warnings, IProgress<string>? progress)
    {
        foreach ((string path, CheckpointManifest? manifest, string? problem) in _kept.NewestFirst())
        {
            string? trouble = problem;
            if (manifest is not null)
            {
                progress?.Report($"recovering rows from checkpoint {manifest.Number}");
                string? index = _kept.IndexProblem(manifest);
                trouble = _kept.LogProblem(manifest) ?? _kept.JournalProblem(manifest) ?? TryOpen(manifest, index is null);
                if (trouble is null)
                {
                    if (index is not null)
                        warnings.Add($"the index of {Path.GetFileName(path)} is made again from the log: {index}");
                    _kept.Adopt(manifest);
                    Adopt(manifest, index is null);
                    Replay(manifest);
                    return manifest;
                }
            }

            warnings.Add($"{Path.GetFileName(path)} cannot be used: {trouble}");
        }

        if (warnings.Count > 0)
            throw new RowStoreException($"no checkpoint in {_options.Directory} can be recovered: {string.Join("; ", warnings)}. To begin afresh from packages and updates, move the directory away");
        if (_kept.DeleteUnpublished())
            warnings.Add("the process before ended before its first checkpoint; the store begins afresh");
        OpenLog(_options.PageBytes, _options.SegmentBytes, _options.IndexBytes);
        return null;
    }

    private string? TryOpen(CheckpointManifest manifest, bool withIndex)
    {
        try
        {
            OpenLog(manifest.PageBytes, manifest.SegmentBytes, manifest.IndexBytes, manifest, withIndex);
            return null;
        }
        catch (Exception e) when (e is FasterException or IOException or ArgumentException or AggregateException)
        {
            return e.Message;
        }
    }

    private void OpenLog(long pageBytes, long segmentBytes, long indexBytes, CheckpointManifest? from = null, bool withIndex = true)
    {
        // An existing log's pages may be larger than the options' memory likes: eight of them it must be.
        long memory = Math.Max(_options.LogMemoryBytes, 8 * pageBytes);
        long pages = memory / pageBytes;
        long slots = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)pages);
        _device = new LogDevice(Path.Combine(_options.Directory, "log"), _threads, _options.DirectIO, _writesDirectly, _alignment) { IsBusy = _options.IsBusy };
        try
        {
            _log = new FasterKV<RowKey, SpanByte>(new FasterKVSettings<RowKey, SpanByte>
            {
                LogDevice = _device,
                PageSize = pageBytes,
                SegmentSize = segmentBytes,
                MemorySize = slots * pageBytes,
                MutableFraction = _options.MutableShare,
                IndexSize = indexBytes,
                CheckpointManager = _files,
                RemoveOutdatedCheckpoints = false,
                EqualityComparer = new RowKeyComparer(),
                ConcurrencyControlMode = ConcurrencyControlMode.RecordIsolation,
            });
            if (slots > pages)
                _log.Log.SetEmptyPageCount((int)(slots - pages), wait: false);
            if (from is not null)
                _log.Recover(withIndex ? from.IndexToken : default, from.LogToken);
        }
        catch
        {
            _log?.Dispose();
            _device.Dispose();
            throw;
        }

        (_pageBytes, _segmentBytes) = (pageBytes, segmentBytes);
        _sessions = new SessionPool(_log, _options.Sessions);
        _writing = new WriteBatch(_log);
        _writing.Session.Functions.Journal = _journal;
        _writing.Session.Functions.HasReadErrors = () => _device.ReadErrors != _readErrorsAtStart;
    }

    private void Adopt(CheckpointManifest manifest, bool withIndex)
    {
        _number = manifest.Number;

        // Without an index the next checkpoint writes one.
        _indexToken = withIndex ? manifest.IndexToken : default;
        _indexedTo = manifest.IndexedTo;
        Offsets = manifest.Offsets;
        foreach (StoredTable table in manifest.Tables)
            _tables[table.Id] = new TableState(table);
    }
}
