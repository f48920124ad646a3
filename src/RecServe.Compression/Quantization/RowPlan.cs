using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Kernels;

namespace RecServe.Compression.Quantization;

/// <summary>How every row of every table is stored: a precision, or null for a row that is dropped (its key reads the table's unknown or default row).</summary>
/// <param name="Widths">Floats of a row of each table.</param>
/// <param name="Tables">For each table in model order, one entry a keyed row of <see cref="PackageNetwork.Vocabularies"/>.</param>
public sealed record RowPlan(IReadOnlyList<int> Widths, IReadOnlyList<RowPrecision?[]> Tables)
{
    /// <summary>Bytes of all rows with their scales and biases. Which format a row has is told by where its key stands: no byte a row.</summary>
    public long Bytes => Tables.Select((rows, f) => rows.Sum(row => row is { } precision ? (long)RowCodec.RowBytes(precision, Widths[f]) : 0)).Sum();

    /// <summary>Rows in a format (null: dropped) in all tables.</summary>
    public long Count(RowPrecision? precision) => Tables.Sum(rows => rows.LongCount(row => row == precision));

    /// <summary>A plan for a network's tables; the unknown row is never stored by it, since a table keeps that row apart.</summary>
    public static RowPlan Of(PackageNetwork network, IReadOnlyList<RowPrecision?[]> tables)
    {
        for (int f = 0; f < tables.Count; f++)
        {
            if (network.Vocabularies[f].UnknownRow is var unknown and >= 0)
                tables[f][unknown] = null;
        }

        return new RowPlan([.. network.Network.Shape.Fields.Select(field => field.Width)], tables);
    }

    /// <summary>How a package stores the rows of a network: null for rows that it has not, in tables that it has not too.</summary>
    public static RowPlan Stored(PackageNetwork network, ModelPackage package) => Of(network, [.. network.Vocabularies.Select((keys, f) =>
    {
        var formats = new Dictionary<ulong, RowPrecision>();
        PackageTable? table = package.Tables.FirstOrDefault(stored => stored.Name == network.Network.Shape.Fields[f].Name);
        foreach (ulong key in table?.Keys ?? [])
            formats[key] = RowPrecision.Fp32;
        foreach (PackageRowSet set in table?.Quantized ?? [])
        {
            foreach (ulong key in set.Keys)
                formats[key] = RowPrecisionNames.Parse(set.Format.Name);
        }

        return keys.Keys.Select(key => formats.TryGetValue(key, out RowPrecision precision) ? precision : (RowPrecision?)null).ToArray();
    })]);

    /// <summary>Every row of a package in one format.</summary>
    public static RowPlan Uniform(PackageNetwork network, RowPrecision precision) =>
        Of(network, [.. network.Vocabularies.Select(keys => Enumerable.Repeat<RowPrecision?>(precision, keys.Keys.Length).ToArray())]);
}
