namespace RecServe.Embeddings;

/// <summary>
/// One question to the server and its answer. Every request that waits for one of its keys reads the answer from here: a request that went on
/// without it leaves nothing behind that a late answer could write to.
/// </summary>
internal sealed class Flight(RowId[] ids, int lane, long sentAt)
{
    private const int Asked = 0, Answered = 1, Lost = 2;
    private static readonly byte[]?[] None = [];

    // Continues inline: only waiting threads hang on it, and they wake without a thread of the pool being free.
    private readonly TaskCompletionSource _landed = new();
    private byte[]?[] _values = None;
    private int _state, _isOverdue;
    private volatile bool _isLeft;

    /// <summary>Rows asked for, all of one lane.</summary>
    public RowId[] Ids { get; } = ids;

    /// <summary>Whose server was asked.</summary>
    public int Lane { get; } = lane;

    /// <summary>Timestamp of the question.</summary>
    public long SentAt { get; } = sentAt;

    /// <summary>Completes, without error, once the flight has an answer or is lost.</summary>
    public Task Landed => _landed.Task;

    /// <summary>Whether there is an answer: its values.</summary>
    public bool IsAnswered => Volatile.Read(ref _state) == Answered;

    /// <summary>Whether there will be no answer.</summary>
    public bool IsLost => Volatile.Read(ref _state) == Lost;

    /// <summary>Whether it counted as a failure for taking too long.</summary>
    public bool IsOverdue => Volatile.Read(ref _isOverdue) != 0;

    /// <summary>Whether a request went on without its answer.</summary>
    public bool IsLeft => _isLeft;

    /// <summary>The values in the order of the rows, once <see cref="IsAnswered"/>.</summary>
    public ReadOnlySpan<byte[]?> Values => Volatile.Read(ref _values);

    /// <summary>Notes that a request goes on without its answer.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>Marks it as overdue; true for the first.</summary>
    public bool TryMarkOverdue() => Interlocked.Exchange(ref _isOverdue, 1) == 0;

    /// <summary>Gives it its answer, or none; false if it has landed before. <see cref="Wake"/> follows.</summary>
    public bool TryLand(byte[]?[]? values)
    {
        // The values stand before the state says so: who sees the state sees them.
        if (Interlocked.CompareExchange(ref _values, values ?? [], None) != None)
            return false;
        Volatile.Write(ref _state, values is null ? Lost : Answered);
        return true;
    }

    /// <summary>Wakes who waits, once all that follows from the landing is done: the next look-up must see it.</summary>
    public void Wake() => _landed.SetResult();
}
