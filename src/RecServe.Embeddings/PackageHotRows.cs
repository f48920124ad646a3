using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>A package's rows as hot rows.</summary>
public static class PackageHotRows
{
    /// <summary>
    /// Every row of a table in process memory, each in the precision that the package has it in. Key 0 (no value given) is answered by its own row or the default
    /// one, another key without a row by the unknown row where there is one.
    /// </summary>
    /// <param name="table">A table that PackageReader has checked.</param>
    public static IHotRows Complete(PackageTable table)
    {
        List<ResidentTable> parts = [];
        if (table.Keys.Length > 0 || table.Quantized.Count == 0)
            parts.Add(new ResidentTable(Options(table, RowPrecision.Fp32), table.Keys, table.Rows));
        foreach (PackageRowSet set in table.Quantized)
            parts.Add(new ResidentTable(Options(table, RowPrecisionNames.Parse(set.Format.Name)), set.Keys, set.Rows));
        return parts is [ResidentTable single] ? single : new MixedTable(parts);
    }

    /// <summary>An empty cache of a table's rows in so many bytes of process memory.</summary>
    /// <param name="table">A table that PackageReader has checked.</param>
    /// <param name="precision">The precision of most rows.</param>
    /// <param name="budget">Bytes of process memory.</param>
    /// <param name="seed">Seed of the hash.</param>
    public static IHotRows Cache(PackageTable table, RowPrecision precision, long budget, ulong seed) => new CachedTable(new CachedTableOptions
    {
        Dim = table.Width,
        Budget = budget,
        Precision = precision,
        Default = table.Unknown ?? table.Default,
        Missing = table.Default,
        Seed = seed,
    });

    /// <summary>The precision of the most rows of a table.</summary>
    public static RowPrecision MostlyIn(PackageTable table) =>
        table.Quantized.MaxBy(set => set.Keys.Length) is { } most && most.Keys.Length > table.Keys.Length ? RowPrecisionNames.Parse(most.Format.Name) : RowPrecision.Fp32;

    private static ResidentTableOptions Options(PackageTable table, RowPrecision precision) => new()
    {
        Precision = precision,
        Dim = table.Width,
        Default = table.Unknown ?? table.Default,
        Missing = table.Default,
    };
}
