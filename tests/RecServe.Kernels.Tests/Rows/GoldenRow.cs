using System.Runtime.InteropServices;

namespace RecServe.Kernels.Tests;

/// <summary>A line of fbgemm_golden.txt, which tests/python/fbgemm_golden.py writes from the published formula.</summary>
internal sealed record GoldenRow(RowPrecision Precision, float[] Values, byte[] Bytes)
{
    public static IReadOnlyList<GoldenRow> All { get; } =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Rows", "fbgemm_golden.txt")).Select(Parse)];

    private static GoldenRow Parse(string line)
    {
        string[] parts = line.Split(' ');
        RowPrecision precision = parts[0] switch
        {
            "int8" => RowPrecision.Int8,
            "int4" => RowPrecision.Int4,
            _ => RowPrecision.Int2,
        };
        float[] values = MemoryMarshal.Cast<byte, float>(Convert.FromHexString(parts[2])).ToArray();
        Assert.Equal(int.Parse(parts[1]), values.Length);
        return new GoldenRow(precision, values, Convert.FromHexString(parts[3]));
    }
}
