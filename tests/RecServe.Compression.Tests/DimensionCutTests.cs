using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Measures;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression.Tests;

public sealed class DimensionCutTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(7), InlineData(16)]
    public void Eigenvectors_are_orthogonal_and_give_the_matrix_back(int n)
    {
        var random = new SeededRandom(9);
        var matrix = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                matrix[i, j] = matrix[j, i] = random.NextGaussian();
        }

        (double[] values, double[][] vectors) = SymmetricEigen.Of(matrix);
        Assert.Equal(values.OrderDescending(), values);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(k => vectors[i][k] * vectors[j][k]), 1e-10);
                Assert.Equal(matrix[i, j], Enumerable.Range(0, n).Sum(k => values[k] * vectors[k][i] * vectors[k][j]), 1e-9);
            }
        }
    }

    [Fact]
    public void Turning_alone_changes_no_score_of_any_shape_of_field()
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(ModelKind.Mlp, samples: 3000);
        using var team = new ThreadTeam(1);
        ModelPackage turned = DimensionCut.Run(package, data.Train, 0, team);
        float[] before = Evaluator.Logits(package, data.Train, 1), after = Evaluator.Logits(turned, data.Train, 1);
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Equal(1, turned.Fields.Single(field => field.Name == "price").Dim); // a number times one vector varies in one direction
        Assert.Equal(4, turned.Fields.Single(field => field.Name == "item").Dim);
    }

    [Fact]
    public void Cutting_keeps_more_of_the_scores_than_the_first_numbers_of_each_row_do()
    {
        (ModelPackage package, TrainingData data) = Planted();
        using var team = new ThreadTeam(1);
        ModelPackage cut = DimensionCut.Run(package, data.Train, 0.02, team);
        Assert.InRange(cut.Tables.Sum(table => table.RowBytes), 1, package.Tables.Sum(table => table.RowBytes) / 2);
        double before = Auc(package, data), after = Auc(cut, data);
        Assert.InRange(before - after, -0.002, 0.002);

        // As many numbers of each row as it was trained, the others at their mean.
        float[] weights = [.. package.Tensor("mlp.0.weight").Values], biases = [.. package.Tensor("mlp.0.bias").Values];
        int inputs = weights.Length / biases.Length, start = 0;
        for (int f = 0; f < package.Fields.Count; start += package.Fields[f].Dim, f++)
        {
            for (int i = cut.Fields[f].Dim; i < package.Fields[f].Dim; i++)
            {
                for (int o = 0; o < biases.Length; o++)
                {
                    biases[o] += weights[(o * inputs) + start + i] * package.Tables[f].Mean[i];
                    weights[(o * inputs) + start + i] = 0;
                }
            }
        }

        ModelPackage plain = package with { Dense = [.. package.Dense.Select(tensor => tensor.Name switch { "mlp.0.weight" => tensor with { Values = weights }, "mlp.0.bias" => tensor with { Values = biases }, _ => tensor })] };
        Assert.True(Auc(plain, data) < after - 0.002, $"{Auc(plain, data)} {after}");
    }

    [Fact]
    public void Compress_with_dims_cut_fills_the_budget_and_other_models_are_refused()
    {
        (ModelPackage package, TrainingData data) = Planted();
        var samples = new CompressionData(data.Train, data.Valid, data.Test);
        var options = new CompressionOptions { Budget = 0.1, Method = CompressionMethod.Hawq, CutDims = 0.01, PermutationRepeats = 0, Finetune = new() { Epochs = 0 } };
        CompressionResult result = Compressor.Compress(package, samples, options), whole = Compressor.Compress(package, samples, options with { CutDims = null });
        Assert.InRange((double)result.BytesAfter / result.BytesBefore, 0.05, 0.1);
        Assert.True(result.Package.Fields.Sum(field => field.Dim) < package.Fields.Sum(field => field.Dim));
        Assert.True(result.Drop.Drop < whole.Drop.Drop + 0.002, $"{result.Drop} {whole.Drop}");
        (ModelPackage cross, TrainingData small) = SmallModel.Train(ModelKind.DcnV2);
        Assert.Contains("in mlp", Assert.Throws<CompressionException>(() => Compressor.Compress(cross, new CompressionData(small.Train, small.Valid, small.Test), options)).Message, StringComparison.Ordinal);
    }

    private static double Auc(ModelPackage package, TrainingData data) => RocCurve.Auc(Evaluator.Logits(package, data.Test, 1), data.Test.Labels, []);

    private static (ModelPackage Package, TrainingData Data) Planted()
    {
        TrainingData data = new PlantedFields(6, 0, 17, copies: 0).Draw(20_000, 5_000, 10_000, dim: 16);
        var options = new TrainingOptions { Model = ModelKind.Mlp, Hidden = [16], EmbeddingL2 = 1e-3f, EmbeddingDeviation = 0.1f, BatchSize = 512, LearningRate = 3e-3f, Epochs = 6 };
        return (Trainer.Train(data, options).Package, data);
    }
}
