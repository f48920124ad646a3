using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public sealed class MixedTableTests
{
    private const int Width = 7;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1025)]
    [InlineData(6000)]
    public void Gather_decodes_each_row_in_its_own_precision(int rowsEach)
    {
        Dictionary<ulong, float[]> expected = [];
        using IHotRows table = PackageHotRows.Complete(Package(rowsEach, expected, out PackageTable package));
        var random = new Random(rowsEach);
        ulong[] known = [.. expected.Keys];
        foreach (int count in (int[])[1, 17, 1023, 1025, 3000])
        {
            ulong[] keys = [.. Enumerable.Range(0, count).Select(_ => known.Length == 0 || random.Next(5) == 0 ? (ulong)random.Next(50) : known[random.Next(known.Length)])];
            float[] values = new float[count * Width];
            bool[] found = new bool[count];
            int hits = table.Gather(keys, values, found);
            Assert.Equal(keys.Count(expected.ContainsKey), hits);
            Assert.Equal(hits, table.Gather(keys, new float[count * Width]));
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(expected.ContainsKey(keys[i]), found[i]);
                Assert.Equal(expected.GetValueOrDefault(keys[i], keys[i] == 0 ? package.Default : package.Unknown!), values.AsSpan(i * Width, Width).ToArray());
            }
        }

        Assert.Equal(expected.Count, table.Measure().Rows);
        Assert.Equal(package.RowBytes, table.Measure().Payload);
    }

    [Fact]
    public void Apply_compares_versions_wherever_the_key_is_known()
    {
        Dictionary<ulong, float[]> expected = [];
        using IHotRows table = PackageHotRows.Complete(Package(300, expected, out _));
        ulong key = expected.Keys.First(k => table.PrecisionOf(k) == RowPrecision.Int4);
        float[] row = [1, 1, 1, 1, 1, 1, 1], older = [2, 2, 2, 2, 2, 2, 2];
        Assert.Equal(new ApplyResult(1, 0, 0, -1, ApplyRefusal.None), table.Apply([RowDelta.Of(key, 5, row)]));
        Assert.Equal(RowPrecision.Int4, table.PrecisionOf(key));
        Assert.Equal(1, table.Apply([RowDelta.Deletion(key, 7)]).Applied);
        Assert.Null(table.PrecisionOf(key));

        // A late update must not bring a deleted row back through another precision's part.
        Assert.Equal(new ApplyResult(0, 1, 0, -1, ApplyRefusal.None), table.Apply([RowDelta.Of(key, 6, older)]));
        Assert.Null(table.PrecisionOf(key));
        Assert.Equal(1, table.Apply([RowDelta.Of(key, 8, row)]).Applied);
        float[] read = new float[Width];
        Assert.Equal(1, table.Gather([key], read));
        Assert.Equal(row, read);
    }

    [Fact]
    public void Apply_names_the_first_refused_delta_of_all_parts()
    {
        Dictionary<ulong, float[]> expected = [];
        using IHotRows table = PackageHotRows.Complete(Package(50, expected, out _));
        ulong[] keys = [.. expected.Keys];
        RowDelta[] deltas = [.. keys.Select((key, i) => RowDelta.Of(key, 1, i >= 20 && i % 3 == 0 ? new float[] { 1, 2 } : [0, 1, 2, 3, 4, 5, 6]))];
        int refused = deltas.Count(delta => delta.Values.Length != Width);
        Assert.Equal(new ApplyResult(deltas.Length - refused, 0, refused, 21, ApplyRefusal.WrongLength), table.Apply(deltas));
    }

    private static PackageTable Package(int rowsEach, Dictionary<ulong, float[]> expected, out PackageTable package)
    {
        var random = new Random(4);
        float[] Row() => [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle() - 0.5f)];
        PackageRowSet Set(string name)
        {
            RowPrecision precision = RowPrecisionNames.Parse(name);
            List<byte> rows = [];
            ulong[] keys = [.. Enumerable.Range(0, rowsEach).Select(_ => (ulong)random.NextInt64()).Order()];
            foreach (ulong key in keys)
            {
                byte[] encoded = new byte[RowCodec.RowBytes(precision, Width)];
                RowCodec.Encode(precision, Row(), encoded);
                RowCodec.Decode(precision, encoded, expected[key] = new float[Width]);
                rows.AddRange(encoded);
            }

            return new PackageRowSet { Format = PackageRowFormat.Find(name)!, Keys = keys, Rows = [.. rows] };
        }

        PackageRowSet[] sets = rowsEach == 0 ? [] : [Set("fp16"), Set("int8"), Set("int4")];
        return package = new PackageTable
        {
            Name = "field", Width = Width, Keys = [], Rows = [], Quantized = sets, Mean = Row(), Default = Row(), Unknown = Row(),
        };
    }
}
