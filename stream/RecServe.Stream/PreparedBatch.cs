using RecServe.Embeddings;

namespace RecServe.Stream;

/// <summary>Messages that were read, decoded and judged, by table, on their way to be applied. Reused.</summary>
internal sealed class PreparedBatch
{
    private readonly List<TableRows> _spare = [];

    /// <summary>Rows to apply.</summary>
    public Dictionary<TableId, TableRows> Tables { get; } = [];

    /// <summary>Messages that were refused, or rows of them.</summary>
    public List<QuarantinedMessage> Refused { get; } = [];

    /// <summary>The messages, with the time of the event behind each and its rows; 0 rows where it could not be read.</summary>
    public List<(UpdateMessage Message, long EventTime, int Rows)> Messages { get; } = [];

    public void Clear()
    {
        foreach (TableRows rows in Tables.Values)
        {
            rows.Clear();
            _spare.Add(rows);
        }

        Tables.Clear();
        Refused.Clear();
        Messages.Clear();
    }

    public TableRows Of(EmbeddingTable table)
    {
        if (!Tables.TryGetValue(table.Id, out TableRows? rows))
        {
            rows = _spare.Count > 0 ? _spare[^1] : new TableRows();
            if (_spare.Count > 0)
                _spare.RemoveAt(_spare.Count - 1);
            Tables[table.Id] = rows;
        }

        rows.Table = table;
        return rows;
    }
}

/// <summary>Rows of one table.</summary>
internal sealed class TableRows
{
    public EmbeddingTable Table { get; set; } = null!;

    public List<RowDelta> Deltas { get; } = [];

    public List<RowOrigin> Origins { get; } = [];

    /// <summary>Place of each delta: message of the batch, row of the message.</summary>
    public List<(int Message, int Row)> Places { get; } = [];

    public void Clear()
    {
        Table = null!;
        Deltas.Clear();
        Origins.Clear();
        Places.Clear();
    }
}
