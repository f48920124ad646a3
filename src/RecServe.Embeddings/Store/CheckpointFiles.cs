using FASTER.core;

namespace RecServe.Embeddings;

/// <summary>
/// Where FASTER puts the parts of a checkpoint: <c>checkpoints/TOKEN/</c> with index.dat.0, index.meta and log.meta. FASTER calls this while it holds its
/// state machine, where an exception would leave it half way: failures are kept for the store to find when the checkpoint has ended.
/// </summary>
internal sealed class CheckpointFiles(string directory, DiskThreads threads, Func<bool>? isBusy) : ICheckpointManager
{
    private readonly List<LogDevice> _indexDevices = [];
    private Exception? _failure;

    public string Directory { get; } = Path.Combine(directory, "checkpoints");

    /// <summary>Begins to watch a checkpoint.</summary>
    public void Begin()
    {
        _failure = null;
        _indexDevices.Clear();
    }

    /// <summary>Throws what went wrong since <see cref="Begin"/>, and puts the index on the disk.</summary>
    public void End()
    {
        foreach (LogDevice device in _indexDevices)
        {
            if (device.WriteError is Exception e)
                throw new RowStoreException($"the index cannot be written: {e.Message}", e);
        }

        if (_failure is not null)
            throw new RowStoreException($"the checkpoint cannot be written: {_failure.Message}", _failure);
    }

    public void InitializeIndexCheckpoint(Guid indexToken) => Keep(() => System.IO.Directory.CreateDirectory(PathOf(indexToken)));

    public void InitializeLogCheckpoint(Guid logToken) => Keep(() => System.IO.Directory.CreateDirectory(PathOf(logToken)));

    public void CommitIndexCheckpoint(Guid indexToken, byte[] commitMetadata) => Keep(() => File.WriteAllBytes(PathOf(indexToken, "index.meta"), commitMetadata));

    public void CommitLogCheckpoint(Guid logToken, byte[] commitMetadata) => Keep(() => File.WriteAllBytes(PathOf(logToken, "log.meta"), commitMetadata));

    public void CheckpointVersionShift(long oldVersion, long newVersion)
    {
    }

    public byte[] GetIndexCheckpointMetadata(Guid indexToken) => File.ReadAllBytes(PathOf(indexToken, "index.meta"));

    public byte[] GetLogCheckpointMetadata(Guid logToken, DeltaLog deltaLog, bool scanDelta = false, long recoverTo = -1) =>
        File.ReadAllBytes(PathOf(logToken, "log.meta"));

    public IDevice GetIndexDevice(Guid indexToken)
    {
        var device = new LogDevice(PathOf(indexToken, "index.dat"), threads, readsDirectly: false, writesDirectly: false, 512) { KeepsRefused = false, IsBusy = isBusy };
        _indexDevices.Add(device);
        return device;
    }

    public IEnumerable<Guid> GetIndexCheckpointTokens() => [];

    public IEnumerable<Guid> GetLogCheckpointTokens() => [];

    /// <summary>Folding over needs no snapshot files.</summary>
    public IDevice GetSnapshotLogDevice(Guid token) => throw new NotSupportedException();

    public IDevice GetSnapshotObjectLogDevice(Guid token) => throw new NotSupportedException();

    /// <summary>Asked for at recovery: a file that is not there.</summary>
    public IDevice GetDeltaLogDevice(Guid token) => new LogDevice(PathOf(token, "delta"), threads, readsDirectly: false, writesDirectly: false, 512);

    public void CommitLogIncrementalCheckpoint(Guid logToken, long version, byte[] commitMetadata, DeltaLog deltaLog) => throw new NotSupportedException();

    /// <summary>The store prunes by itself, once a newer checkpoint is known to be good.</summary>
    public void OnRecovery(Guid indexToken, Guid logToken)
    {
    }

    public void Purge(Guid token)
    {
    }

    public void PurgeAll()
    {
    }

    public void Dispose()
    {
    }

    public string PathOf(Guid token) => Path.Combine(Directory, token.ToString());

    private string PathOf(Guid token, string file) => Path.Combine(PathOf(token), file);

    private void Keep(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failure ??= e;
        }
    }
}
