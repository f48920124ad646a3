using RecServe.Embeddings;

namespace RecServe.Api.Telemetry;

/// <summary>How many distinct rows of one table were asked for since the start, by the tier that answered. Models with a table of the same name share it.</summary>
internal sealed class RowCounter(string table)
{
    private static readonly RowTier[] Tiers = [RowTier.Hot, RowTier.FasterMemory, RowTier.Redis, RowTier.FasterDisk, RowTier.None];

    private readonly long[] _rows = new long[Tiers.Length];

    /// <summary>The table's name.</summary>
    public string Table { get; } = table;

    /// <summary>Label values and counts, one a tier; "default" counts keys without a row, answered by the table's unknown or default row.</summary>
    public IEnumerable<(string Tier, long Rows)> Counts => Tiers.Select((tier, i) => (NameOf(tier), Volatile.Read(ref _rows[i])));

    /// <summary>What a tier is called in metrics and answers.</summary>
    public static string NameOf(RowTier tier) => tier switch
    {
        RowTier.Hot => "hot",
        RowTier.FasterMemory => "faster_memory",
        RowTier.Redis => "redis",
        RowTier.FasterDisk => "faster_disk",
        _ => "default",
    };

    /// <summary>Adds one request's rows.</summary>
    public void Add(in GatherCounts counts)
    {
        Add(0, counts.Hot);
        Add(1, counts.FasterMemory);
        Add(2, counts.Redis);
        Add(3, counts.FasterDisk);
        Add(4, counts.Default);
    }

    private void Add(int tier, int rows)
    {
        if (rows > 0)
            Interlocked.Add(ref _rows[tier], rows);
    }
}
