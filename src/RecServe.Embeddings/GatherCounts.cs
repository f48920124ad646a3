namespace RecServe.Embeddings;

/// <summary>Which tier answered the distinct keys of one gather; <c>requested = hot + default</c> until more tiers stand below.</summary>
/// <param name="Hot">Keys found in process memory.</param>
/// <param name="Default">Keys without a row, answered by the table's unknown or default row.</param>
public readonly record struct GatherCounts(int Hot, int Default)
{
    /// <summary>Distinct keys asked for.</summary>
    public int Requested => Hot + Default;

    /// <summary>Adds two counts.</summary>
    public static GatherCounts operator +(GatherCounts a, GatherCounts b) => new(a.Hot + b.Hot, a.Default + b.Default);

    /// <summary>Adds two counts.</summary>
    public static GatherCounts Add(GatherCounts left, GatherCounts right) => left + right;
}
