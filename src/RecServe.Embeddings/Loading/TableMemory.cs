using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>How much process memory a package's rows will take, known from its manifest before a row is read.</summary>
public static class TableMemory
{
    // Parts are given the size of the largest: with 200,000 random keys a part that is at most 1.2 % more than the mean (five standard deviations).
    private const double Imbalance = 1.03;

    /// <summary>Bytes that a table takes at most if every row of it is in process memory: slots, keys, versions, pilots, whole pages.</summary>
    public static long Resident(ManifestTable table) => table.Sets.Sum(set => Resident(RowPrecisionNames.Parse(set.Format.Name), table.Width, set.Rows));

    /// <summary>The same for a table that was read.</summary>
    public static long Resident(PackageTable table) =>
        (table.Keys.Length > 0 || table.Quantized.Count == 0 ? Resident(RowPrecision.Fp32, table.Width, table.Keys.Length) : 0)
        + table.Quantized.Sum(set => Resident(RowPrecisionNames.Parse(set.Format.Name), table.Width, set.Keys.Length));

    /// <summary>Bytes that reading a package takes while it is loaded: keys and rows as they stand in its files.</summary>
    public static long Reading(PackageManifest manifest) => manifest.Tables.Sum(table => (8L * table.Rows) + table.RowBytes);

    private static long Resident(RowPrecision precision, int width, int rows)
    {
        var layout = new RowLayout(precision, width);
        int parts = TableBuilder.PartsFor(rows);
        PartSize size = layout.SizeFor(parts == 1 ? rows : (int)(rows / (double)parts * Imbalance) + 64);
        return parts * TablePart.BytesFor(layout, size) + PilotMemory.BytesFor(size, parts) + PartDirectory.BytesFor(parts);
    }
}
