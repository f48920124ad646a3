using FASTER.core;

namespace RecServe.Embeddings;

/// <summary>A FASTER session with its functions; used by one thread at a time.</summary>
internal sealed class RowSession : IDisposable
{
    private readonly ClientSession<RowKey, SpanByte, RowChange, int, int, RowFunctions> _session;

    public RowSession(FasterKV<RowKey, SpanByte> log)
    {
        _session = log.For(Functions).NewSession<RowFunctions>(
            sessionVariableLengthStructSettings: new SessionVariableLengthStructSettings<SpanByte, RowChange> { valueLength = new RecordLength() });
    }

    public RowFunctions Functions { get; } = new();

    /// <summary>Begins to read a row: its record's length if it is in memory (negative: damaged), 0 if there is none; null if the disk was asked.</summary>
    public int? Read(RowKey key, int index)
    {
        RowChange none = default;
        int length = 0;
        Status status = _session.Read(ref key, ref none, ref length, index);
        if (status.IsPending)
            return null;
        return status.Found ? length : 0;
    }

    /// <summary>Reads a row: its record's length (negative: damaged), 0 if there is none.</summary>
    /// <exception cref="RowStoreException">The log gave no answer in so many attempts.</exception>
    public int ReadNow(RowKey key, int attempts)
    {
        for (; attempts > 0; attempts--)
        {
            long answered = Functions.Answered;
            if (Read(key, 0) is { } length)
                return length;
            Complete();
            if (Functions.Answered > answered)
                return Functions.LastLength;
            Refresh();
        }

        throw new RowStoreException("the row store gives no answer to a look-up; it must be opened again");
    }

    /// <summary>Begins a change; whether it waits for the disk.</summary>
    public bool Change(RowKey key, ref RowChange change)
    {
        int length = 0;
        return _session.RMW(ref key, ref change, ref length, change.Index).IsPending;
    }

    /// <summary>Waits for everything that was begun.</summary>
    public void Complete() => _session.CompletePending(wait: true);

    /// <summary>Version of the store that changes of this session belong to, after looking.</summary>
    public long CurrentVersion()
    {
        Refresh();
        return _session.Version;
    }

    /// <summary>
    /// Follows the store into the version of a checkpoint that is under way. A read that waited for the disk and then meets a row of a newer version than the
    /// session's is dropped by FASTER without an answer: it has to be asked again after this.
    /// </summary>
    public void Refresh() => _session.Refresh();

    /// <summary>Copies the live records below an address to the tail.</summary>
    public long Compact(long until) => _session.Compact(until, CompactionType.Lookup);

    public void Dispose() => _session.Dispose();
}
