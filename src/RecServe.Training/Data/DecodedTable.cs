using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Training.Data;

/// <summary>A package's table with all of its rows as floats.</summary>
public static class DecodedTable
{
    /// <summary>The table itself if its rows are fp32, else one whose rows are: each key's row as serving decodes it, keys ascending.</summary>
    public static PackageTable Of(PackageTable table)
    {
        if (table.Quantized.Count == 0)
            return table;
        int width = table.Width, at = table.Keys.Length;
        ulong[] keys = new ulong[table.RowCount];
        float[] rows = new float[keys.Length * width];
        table.Keys.CopyTo(keys, 0);
        table.Rows.CopyTo(rows, 0);
        foreach (PackageRowSet set in table.Quantized)
        {
            RowPrecision precision = RowPrecisionNames.Parse(set.Format.Name);
            int rowBytes = set.Format.RowBytes(width);
            for (int i = 0; i < set.Keys.Length; i++, at++)
            {
                keys[at] = set.Keys[i];
                RowCodec.Decode(precision, set.Rows.AsSpan(i * rowBytes, rowBytes), rows.AsSpan(at * width, width));
            }
        }

        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order);
        float[] sorted = new float[rows.Length];
        for (int i = 0; i < order.Length; i++)
            rows.AsSpan(order[i] * width, width).CopyTo(sorted.AsSpan(i * width));
        return table with { Keys = keys, Rows = sorted, Quantized = [] };
    }
}
