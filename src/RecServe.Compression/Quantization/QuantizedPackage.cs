using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Kernels;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Quantization;

/// <summary>Writes rows in the formats of a plan.</summary>
public static class QuantizedPackage
{
    /// <summary>The package of a network with its rows stored by a plan.</summary>
    /// <param name="network">The network; left as it is.</param>
    /// <param name="plan">How rows are stored.</param>
    /// <param name="rounding">Nearest after training with nearest or stochastic rounding, searched where rows are quantized once.</param>
    /// <param name="train">Bound samples over which the tables' means are taken, rows as stored.</param>
    /// <param name="team">Threads that quantize.</param>
    /// <exception cref="CompressionException">A row holds a number that its format cannot hold.</exception>
    public static ModelPackage Create(PackageNetwork network, RowPlan plan, RowRounding rounding, Dataset train, ThreadTeam team)
    {
        var rows = new QuantizedRows(network, plan, rounding, team);
        ModelPackage master = network.ToPackage(null);
        rows.Enter(network.Network.Parameters);
        ModelPackage decoded = network.ToPackage(train);
        rows.Leave(network.Network.Parameters);
        return master with { Tables = [.. master.Tables.Select((table, f) => Table(network, f, table with { Mean = decoded.Tables[f].Mean }, plan.Tables[f], rounding))] };
    }

    private static PackageTable Table(PackageNetwork network, int field, PackageTable table, RowPrecision?[] plan, RowRounding rounding)
    {
        float[] values = network.TableOf(field).ToArray();
        ulong[] keys = network.Vocabularies[field].Keys;
        int width = table.Width;
        int[] Of(RowPrecision precision) => [.. Enumerable.Range(0, plan.Length).Where(row => plan[row] == precision)];
        int[] full = Of(RowPrecision.Fp32);
        var sets = new List<PackageRowSet>();
        foreach (PackageRowFormat format in PackageRowFormat.All.Skip(1))
        {
            RowPrecision precision = RowPrecisionNames.Parse(format.Name);
            int[] rows = Of(precision);
            if (rows.Length == 0)
                continue;
            int rowBytes = format.RowBytes(width);
            var encoded = new byte[rows.Length * rowBytes];
            for (int i = 0; i < rows.Length; i++)
                RowEncoding.TryEncode(precision, rounding, values.AsSpan(rows[i] * width, width), encoded.AsSpan(i * rowBytes, rowBytes), 0, 0);
            sets.Add(new PackageRowSet { Format = format, Keys = [.. rows.Select(row => keys[row])], Rows = encoded });
        }

        return table with
        {
            Keys = [.. full.Select(row => keys[row])],
            Rows = [.. full.SelectMany(row => values.AsSpan(row * width, width).ToArray())],
            Quantized = sets,
            Sha256 = null,
        };
    }
}
