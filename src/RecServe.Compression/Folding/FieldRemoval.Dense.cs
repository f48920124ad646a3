using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Compression.Folding;

public static partial class FieldRemoval
{
    private static List<DenseTensor> Fold(ModelPackage package, int field, float[] vector, double firstOrder)
    {
        int start = package.Fields.Take(field).Sum(f => f.Dim), inputs = package.Fields.Sum(f => f.Dim);
        var block = (Start: start, Length: vector.Length, Inputs: inputs);
        bool cross = package.Architecture.CrossLayers > 0;
        double bias = firstOrder;
        var tensors = new List<DenseTensor>();
        foreach (DenseTensor tensor in package.Dense)
        {
            tensors.Add(tensor.Name switch
            {
                "head.bias" => tensor with { Values = [(float)(tensor.Values[0] + bias)] },
                "head.weight" when cross && package.Architecture.Structure == "parallel" => Cut(tensor, block, rows: true, columns: false),
                "mlp.0.weight" => Cut(tensor, block, rows: false, columns: true),
                "mlp.0.bias" => tensor with { Values = Shifted(tensor.Values, package.Tensor("mlp.0.weight").Values, block, vector) },
                _ when tensor.Name.StartsWith("cross.", StringComparison.Ordinal) => CutCross(tensor, block),
                _ => tensor,
            });
        }

        return tensors;
    }

    /// <summary>b + W[:, block] · vector, summed in double.</summary>
    private static float[] Shifted(float[] bias, float[] weight, (int Start, int Length, int Inputs) block, float[] vector)
    {
        float[] shifted = [.. bias];
        for (int o = 0; o < shifted.Length; o++)
        {
            double sum = shifted[o];
            for (int i = 0; i < vector.Length; i++)
                sum += (double)vector[i] * weight[(o * block.Inputs) + block.Start + i];
            shifted[o] = (float)sum;
        }

        return shifted;
    }

    // Low-rank experts and gates read the block (columns) or write it (rows), or neither; a full matrix does both.
    private static DenseTensor CutCross(DenseTensor tensor, (int Start, int Length, int Inputs) block)
    {
        bool Ends(string name) => tensor.Name.EndsWith(name, StringComparison.Ordinal);
        bool reads = Ends(".in.weight") || Ends(".gate.weight"), inside = Ends(".core.weight"), writes = Ends(".out.weight");
        return Cut(tensor, block, rows: !reads && !inside, columns: tensor.Shape.Count == 2 && !inside && !writes);
    }

    /// <summary>A matrix or vector without the rows, the columns or both of a block.</summary>
    private static DenseTensor Cut(DenseTensor tensor, (int Start, int Length, int Inputs) block, bool rows, bool columns)
    {
        int width = tensor.Shape.Count == 2 ? tensor.Shape[1] : 1;
        bool Inside(int index) => index >= block.Start && index < block.Start + block.Length;
        float[] values = [.. tensor.Values.Where((_, at) => !(rows && Inside(at / width)) && !(columns && Inside(at % width)))];
        return tensor with { Values = values, Shape = [.. tensor.Shape.Select((size, axis) => size - ((axis == 0 ? rows : columns) ? block.Length : 0))] };
    }

    /// <summary>
    /// The field without rows: whatever its value, one entry of weight 1 reads the default row. Its kind becomes categorical for that, since a
    /// number or a sum would come with other weights.
    /// </summary>
    private static ModelPackage Emptied(ModelPackage package, int field, float[] constant)
    {
        string name = package.Fields[field].Name;
        DataSchema schema = PackageEncoders.Schema(package);
        int side = schema.Fields.Select(f => f.Name).ToList().IndexOf(name);
        FieldSchema emptied = new() { Name = name, Side = schema.Fields[side].Side, Kind = FieldKind.Categorical, Dim = schema.Fields[side].Dim };
        return package with
        {
            Schema = DataSchemaJson.ToElement(schema with { Fields = [.. schema.Fields.Select((f, i) => i == side ? emptied : f)] }),
            Fields = [.. package.Fields.Select((f, i) => i == field ? f with { Mean = 0, Deviation = 1 } : f)],
            Tables = [.. package.Tables.Select((table, i) => i != field ? table
                : table with { Keys = [], Rows = [], Mean = constant, Default = constant, Unknown = null, Quantized = [], Sha256 = null })],
            Catalogs = [.. package.Catalogs.Select(catalog => catalog with { Columns = [.. catalog.Columns.Where(column => column.Field != name)] })],
        };
    }
}
