namespace RecServe.Artifacts;

/// <summary>Which tensors the files of a package hold, by name (docs/formats/package.md, "Tensors").</summary>
internal static class PackageTensors
{
    public const string Mean = "mean", Default = "default", Unknown = "unknown";
    public const string IdBytes = "ids.bytes", IdOffsets = "ids.offsets";

    public static SafetensorsWriter Dense(IReadOnlyList<DenseTensor> dense)
    {
        var writer = new SafetensorsWriter();
        writer.AddMetadata("kind", "dense");
        foreach (DenseTensor tensor in dense)
            writer.Add<float>(tensor.Name, TensorType.F32, [.. tensor.Shape.Select(s => (long)s)], tensor.Values);
        return writer;
    }

    public static SafetensorsWriter Table(PackageTable table)
    {
        var writer = new SafetensorsWriter();
        writer.AddMetadata("kind", "table");
        writer.AddMetadata("name", table.Name);
        if (table.Keys.Length > 0 || table.Quantized.Count == 0)
        {
            writer.Add<ulong>(Keys("fp32"), TensorType.U64, [table.Keys.Length], table.Keys);
            writer.Add<float>(Rows("fp32"), TensorType.U8, [table.Keys.Length, 4L * table.Width], table.Rows);
        }

        foreach (PackageRowSet set in table.Quantized)
        {
            writer.Add<ulong>(Keys(set.Format.Name), TensorType.U64, [set.Keys.Length], set.Keys);
            writer.Add<byte>(Rows(set.Format.Name), TensorType.U8, [set.Keys.Length, set.Format.RowBytes(table.Width)], set.Rows);
        }

        writer.Add<float>(Mean, TensorType.F32, [table.Width], table.Mean);
        writer.Add<float>(Default, TensorType.F32, [table.Width], table.Default);
        if (table.Unknown is not null)
            writer.Add<float>(Unknown, TensorType.F32, [table.Width], table.Unknown);
        return writer;
    }

    public static SafetensorsWriter Catalog(PackageCatalog catalog)
    {
        var writer = new SafetensorsWriter();
        writer.AddMetadata("kind", "catalog");
        writer.AddMetadata("entity", catalog.Entity);
        writer.Add<byte>(IdBytes, TensorType.U8, [catalog.IdBytes.Length], catalog.IdBytes);
        writer.Add<int>(IdOffsets, TensorType.I32, [catalog.IdOffsets.Length], catalog.IdOffsets);
        foreach (PackageCatalogColumn column in catalog.Columns)
        {
            writer.Add<ulong>(ColumnKeys(column.Field), TensorType.U64, [column.Keys.Length], column.Keys);
            writer.Add<float>(ColumnWeights(column.Field), TensorType.F32, [column.Weights.Length], column.Weights);
            writer.Add<int>(ColumnOffsets(column.Field), TensorType.I32, [column.Offsets.Length], column.Offsets);
        }

        return writer;
    }

    public static string Keys(string format) => $"keys.{format}";

    public static string Rows(string format) => $"rows.{format}";

    public static string ColumnKeys(string field) => $"column.{field}.keys";

    public static string ColumnWeights(string field) => $"column.{field}.weights";

    public static string ColumnOffsets(string field) => $"column.{field}.offsets";
}
