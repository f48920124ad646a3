using RecServe.Artifacts;
using RecServe.Kernels;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

public sealed class DecodedTableTests
{
    [Fact]
    public void Of_decodes_each_row_by_its_format_and_sorts_the_keys()
    {
        const int width = 7;
        var random = new Random(3);
        float[] Row() => [.. Enumerable.Range(0, width).Select(_ => random.NextSingle() - 0.5f)];
        var expected = new SortedDictionary<ulong, float[]>();
        var sets = new List<PackageRowSet>();
        foreach (string name in RowPrecisionNames.All.Skip(1))
        {
            RowPrecision precision = RowPrecisionNames.Parse(name);
            ulong[] keys = [.. Enumerable.Range(0, 5).Select(_ => (ulong)random.NextInt64()).Order()];
            List<byte> rows = [];
            foreach (ulong key in keys)
            {
                byte[] encoded = new byte[RowCodec.RowBytes(precision, width)];
                RowCodec.Encode(precision, Row(), encoded);
                RowCodec.Decode(precision, encoded, expected[key] = new float[width]);
                rows.AddRange(encoded);
            }

            sets.Add(new PackageRowSet { Format = PackageRowFormat.Find(name)!, Keys = keys, Rows = [.. rows] });
        }

        float[] plain = expected[9] = Row();
        PackageTable decoded = DecodedTable.Of(new PackageTable
        {
            Name = "t", Width = width, Keys = [9], Rows = plain, Mean = new float[width], Default = new float[width], Quantized = sets,
        });
        Assert.Equal(expected.Keys, decoded.Keys);
        Assert.Equal(expected.Values.SelectMany(row => row), decoded.Rows);
        Assert.Empty(decoded.Quantized);
    }

    [Fact]
    public void Row_bytes_of_packages_are_those_of_the_codecs()
    {
        Assert.Equal(RowPrecisionNames.All, PackageRowFormat.All.Select(format => format.Name));
        foreach (PackageRowFormat format in PackageRowFormat.All)
        {
            for (int width = 1; width <= 130; width++)
                Assert.Equal(RowCodec.RowBytes(RowPrecisionNames.Parse(format.Name), width), format.RowBytes(width));
        }
    }
}
