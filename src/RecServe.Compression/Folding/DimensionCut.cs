using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Features;
using RecServe.Ranking;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Folding;

/// <summary>
/// Shorter rows, field by field: vectors are turned so that their numbers stand in the order of what the first layer minds, as nested (Matryoshka) vectors
/// do by training, and each field keeps as many as one share of loss over all fields allows, the cheapest bytes first. Turning alone changes no score.
/// </summary>
public static class DimensionCut
{
    /// <summary>Why a package's rows cannot be cut, or null.</summary>
    public static string? Obstacle(ModelPackage package) => package.Architecture.Kind == "mlp"
        ? null : $"dims can be cut where the first layer alone reads the embeddings, in mlp: the others multiply fields with each other, number by number; this is {package.Architecture.Kind}";

    /// <summary>Cuts.</summary>
    /// <param name="package">An mlp; it is not changed.</param>
    /// <param name="train">Unbound samples over which vectors vary.</param>
    /// <param name="share">Most that is lost of the variance of the first layer's inputs, summed over its units: 0 to below 1. 0 cuts what does not vary at all.</param>
    /// <param name="team">Threads that compute.</param>
    /// <exception cref="CompressionException">The model is no mlp.</exception>
    public static ModelPackage Run(ModelPackage package, Dataset train, double share, ThreadTeam team)
    {
        if (Obstacle(package) is { } obstacle)
            throw new CompressionException(obstacle);
        package = package with { Tables = [.. package.Tables.Select(DecodedTable.Of)] };
        var network = new PackageNetwork(package, 1, team);
        Dataset bound = network.Bind(train);
        DenseTensor weight = package.Tensor("mlp.0.weight"), bias = package.Tensor("mlp.0.bias");
        int outputs = weight.Shape[0], start = 0;
        var axes = new FieldAxes[package.Fields.Count];
        for (int f = 0; f < axes.Length; start += package.Fields[f].Dim, f++)
            axes[f] = FieldAxes.Of(network.TableOf(f), package.Fields[f].Dim, bound.Columns[f], bound.Samples, weight.Values, outputs, start);
        int[] dims = Dims(axes, [.. package.Tables.Select(table => table.RowCount)], share);

        (float[] weights, float[] biases) = FirstLayer(weight.Values, bias.Values, axes, dims);
        DataSchema schema = PackageEncoders.Schema(package);
        Dictionary<string, int> named = package.Fields.Select((field, f) => (field.Name, f)).ToDictionary(entry => entry.Name, entry => dims[entry.f]);
        return package with
        {
            Schema = DataSchemaJson.ToElement(schema with { Fields = [.. schema.Fields.Select(field => field with { Dim = named[field.Name] })] }),
            Fields = [.. package.Fields.Select((field, f) => field with { Dim = dims[f] })],
            Dense = [.. package.Dense.Select(tensor => tensor.Name == weight.Name ? tensor with { Values = weights, Shape = [outputs, dims.Sum()] }
                : tensor.Name == bias.Name ? tensor with { Values = biases } : tensor)],
            Tables = [.. package.Tables.Select((table, f) => Cut(table, axes[f], dims[f]))],
        };
    }

    /// <summary>Numbers that each field keeps: axes go by what they contribute a byte, the least first, while their sum is within the share; each field keeps one.</summary>
    private static int[] Dims(FieldAxes[] axes, int[] rows, double share)
    {
        double left = share * axes.Sum(field => field.Weights.Sum());
        int[] dims = [.. axes.Select(field => field.Weights.Length)];
        foreach ((int field, int axis) in axes.SelectMany((field, f) => Enumerable.Range(1, field.Weights.Length - 1).Select(axis => (f, axis)))
            .OrderBy(at => axes[at.f].Weights[at.axis] / Math.Max(1, rows[at.f])).ThenBy(at => at.f).ThenByDescending(at => at.axis))
        {
            // The order within a field is by falling axis, since weights fall; one that is too heavy keeps all before it.
            double weight = axes[field].Weights[axis];
            if (axis != dims[field] - 1 || weight > left + (1e-12 * axes[field].Weights[0]))
                continue;
            left -= weight;
            dims[field]--;
        }

        return dims;
    }

    /// <summary>W·direction for each axis kept, and in the bias what the mean's rest contributes.</summary>
    private static (float[] Weight, float[] Bias) FirstLayer(float[] weight, float[] bias, FieldAxes[] axes, int[] dims)
    {
        int outputs = bias.Length, inputs = weight.Length / outputs, kept = dims.Sum();
        float[] cut = new float[outputs * kept], shifted = new float[outputs];
        for (int o = 0; o < outputs; o++)
        {
            double sum = bias[o];
            int from = o * inputs, to = o * kept;
            for (int f = 0; f < axes.Length; from += axes[f].Mean.Length, to += dims[f], f++)
            {
                double[] mean = axes[f].Project(axes[f].Mean, dims[f]);
                for (int i = 0; i < axes[f].Mean.Length; i++)
                    sum += weight[from + i] * axes[f].Mean[i];
                for (int axis = 0; axis < dims[f]; axis++)
                {
                    ReadOnlySpan<double> direction = axes[f].Direction(axis);
                    double product = 0;
                    for (int i = 0; i < direction.Length; i++)
                        product += weight[from + i] * direction[i];
                    cut[to + axis] = (float)product;
                    sum -= product * mean[axis];
                }
            }

            shifted[o] = (float)sum;
        }

        return (cut, shifted);
    }

    private static PackageTable Cut(PackageTable table, FieldAxes axes, int dim)
    {
        float[] Projected(float[] rows)
        {
            var result = new float[rows.Length / table.Width * dim];
            for (int row = 0; row < rows.Length / table.Width; row++)
            {
                double[] vector = [.. rows.AsSpan(row * table.Width, table.Width).ToArray().Select(x => (double)x)];
                double[] coordinates = axes.Project(vector, dim);
                for (int i = 0; i < dim; i++)
                    result[(row * dim) + i] = (float)coordinates[i];
            }

            return result;
        }

        return table with
        {
            Width = dim,
            Rows = Projected(table.Rows),
            Mean = Projected(table.Mean),
            Default = Projected(table.Default),
            Unknown = table.Unknown is null ? null : Projected(table.Unknown),
            Sha256 = null,
        };
    }
}
