namespace RecServe.Artifacts.Tests;

internal static class PackageEquality
{
    // One list for both sides: records compare lists by reference.
    private static readonly int[] One = [1];

    public static void AssertSame(ModelPackage expected, ModelPackage actual)
    {
        Assert.Equal(expected.Lineage, actual.Lineage);
        Assert.Equal(expected.Schema.ToString(), actual.Schema.ToString().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(expected.Fields, actual.Fields);
        Assert.Equal(expected.Architecture with { Hidden = One, Tasks = [], Experts = null, Sparse = null }, actual.Architecture with { Hidden = One, Tasks = [], Experts = null, Sparse = null });
        Assert.Equal(expected.Architecture.Tasks, actual.Architecture.Tasks);
        Assert.Equal(expected.Architecture.Sparse is null, actual.Architecture.Sparse is null);
        if (expected.Architecture.Sparse is { } sparse)
        {
            Assert.Equal(sparse with { Tower = One }, actual.Architecture.Sparse! with { Tower = One });
            Assert.Equal(sparse.Tower, actual.Architecture.Sparse.Tower);
        }

        Assert.Equal(expected.Architecture.Experts is null, actual.Architecture.Experts is null);
        if (expected.Architecture.Experts is { } experts)
        {
            Assert.Equal(experts with { Widths = One, Tower = One }, actual.Architecture.Experts! with { Widths = One, Tower = One });
            Assert.Equal(experts.Widths, actual.Architecture.Experts.Widths);
            Assert.Equal(experts.Tower, actual.Architecture.Experts.Tower);
        }

        Assert.Equal(expected.Architecture.Hidden, actual.Architecture.Hidden);
        Assert.Equal(expected.Metrics.OrderBy(m => m.Key), actual.Metrics.OrderBy(m => m.Key));
        Assert.Equal(expected.Training is null, actual.Training is null);
        Assert.Equal(expected.Compression is null, actual.Compression is null);
        Assert.Equal(expected.Dense.Count, actual.Dense.Count);
        foreach (DenseTensor tensor in expected.Dense)
        {
            Assert.Equal(tensor.Shape, actual.Tensor(tensor.Name).Shape);
            Assert.Equal(tensor.Values, actual.Tensor(tensor.Name).Values);
        }

        Assert.Equal(expected.Tables.Count, actual.Tables.Count);
        foreach ((PackageTable a, PackageTable b) in expected.Tables.Zip(actual.Tables))
        {
            Assert.Equal((a.Name, a.Width), (b.Name, b.Width));
            Assert.Equal(a.Keys, b.Keys);
            Assert.Equal(a.Rows, b.Rows);
            Assert.Equal(a.Quantized.Select(set => set.Format), b.Quantized.Select(set => set.Format));
            Assert.Equal(a.Quantized.SelectMany(set => set.Keys), b.Quantized.SelectMany(set => set.Keys));
            Assert.Equal(a.Quantized.SelectMany(set => set.Rows), b.Quantized.SelectMany(set => set.Rows));
            Assert.Equal(a.Mean, b.Mean);
            Assert.Equal(a.Default, b.Default);
            Assert.Equal(a.Unknown, b.Unknown);
        }

        Assert.Equal(expected.Catalogs.Count, actual.Catalogs.Count);
        foreach ((PackageCatalog a, PackageCatalog b) in expected.Catalogs.Zip(actual.Catalogs))
        {
            Assert.Equal(a.Entity, b.Entity);
            Assert.Equal(a.IdBytes, b.IdBytes);
            Assert.Equal(a.IdOffsets, b.IdOffsets);
            Assert.Equal(a.Columns.Count, b.Columns.Count);
            foreach ((PackageCatalogColumn c, PackageCatalogColumn d) in a.Columns.Zip(b.Columns))
            {
                Assert.Equal(c.Field, d.Field);
                Assert.Equal(c.Keys, d.Keys);
                Assert.Equal(c.Weights, d.Weights);
                Assert.Equal(c.Offsets, d.Offsets);
            }
        }
    }
}
