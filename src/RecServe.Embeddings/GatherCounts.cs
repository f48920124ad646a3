namespace RecServe.Embeddings;

/// <summary>Which tier answered the distinct keys of one gather: each key counts once, so that the tiers add up to what was asked for.</summary>
/// <param name="Hot">Keys found in process memory.</param>
/// <param name="FasterMemory">Keys found in the part of the node's store that is in memory.</param>
/// <param name="Redis">Keys found in the shared cache.</param>
/// <param name="FasterDisk">Keys found in the node's store on disk.</param>
/// <param name="Default">Keys without a row, answered by the table's unknown or default row.</param>
public readonly record struct GatherCounts(int Hot, int FasterMemory, int Redis, int FasterDisk, int Default)
{
    /// <summary>Distinct keys asked for.</summary>
    public int Requested => Hot + FasterMemory + Redis + FasterDisk + Default;

    /// <summary>Counts one key more in a tier.</summary>
    public GatherCounts With(RowTier tier) => tier switch
    {
        RowTier.Hot => this with { Hot = Hot + 1 },
        RowTier.FasterMemory => this with { FasterMemory = FasterMemory + 1 },
        RowTier.Redis => this with { Redis = Redis + 1 },
        RowTier.FasterDisk => this with { FasterDisk = FasterDisk + 1 },
        _ => this with { Default = Default + 1 },
    };

    /// <summary>Adds two counts.</summary>
    public static GatherCounts operator +(GatherCounts a, GatherCounts b) =>
        new(a.Hot + b.Hot, a.FasterMemory + b.FasterMemory, a.Redis + b.Redis, a.FasterDisk + b.FasterDisk, a.Default + b.Default);

    /// <summary>Adds two counts.</summary>
    public static GatherCounts Add(GatherCounts left, GatherCounts right) => left + right;
}
