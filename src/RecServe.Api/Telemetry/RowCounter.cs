namespace RecServe.Api.Telemetry;

/// <summary>How many distinct rows of one table were asked for since the start, by the tier that answered. Models with a table of the same name share it.</summary>
internal sealed class RowCounter(string table)
{
    private long _hot;
    private long _default;

    /// <summary>The table's name.</summary>
    public string Table { get; } = table;

    /// <summary>Rows found in process memory.</summary>
    public long Hot => Volatile.Read(ref _hot);

    /// <summary>Keys without a row, answered by the table's unknown or default row.</summary>
    public long Default => Volatile.Read(ref _default);

    /// <summary>Adds one request's rows.</summary>
    public void Add(int hot, int byDefault)
    {
        Interlocked.Add(ref _hot, hot);
        if (byDefault > 0)
            Interlocked.Add(ref _default, byDefault);
    }
}
