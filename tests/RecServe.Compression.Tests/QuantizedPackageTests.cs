using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Compression.Quantization;
using RecServe.Kernels;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression.Tests;

public sealed class QuantizedPackageTests
{
    [Theory]
    [InlineData(ModelKind.DeepFm, RowRounding.Nearest), InlineData(ModelKind.Mlp, RowRounding.Searched), InlineData(ModelKind.DcnV2, RowRounding.Searched)]
    public void Create_writes_rows_that_score_as_the_network_with_quantized_rows(ModelKind kind, RowRounding rounding)
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(kind);
        using var team = new ThreadTeam(1);
        var network = new PackageNetwork(package, 64, team);
        RowPlan plan = Mixed(network);
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            PackageWriter.Write(QuantizedPackage.Create(network, plan, rounding, network.Bind(data.Train), team), folder);
            ModelPackage read = PackageReader.Read(folder);
            Assert.Equal(plan.Bytes, read.Tables.Sum(table => table.RowBytes));
            Assert.True(read.Tables[3].Quantized.Count >= 4);

            // The rows of samples are numbers in the old tables; what was dropped has no number in the new ones.
            Dataset renumbered = data.Test with
            {
                Columns = [.. data.Test.Columns.Select((column, f) => column with
                {
                    Rows = Array.ConvertAll(column.Rows, row => PackageVocabularies.Vocabularies(read)[f].RowOf(network.Vocabularies[f].Keys[row])),
                })],
            };
            float[] served = Evaluator.Logits(read, renumbered, 1);
            new QuantizedRows(network, plan, rounding, team).Enter(network.Network.Parameters);
            float[] trained = network.Logits(network.Bind(data.Test));
            for (int s = 0; s < served.Length; s++)
                Assert.InRange(served[s] - trained[s], -3e-6 * (1 + Math.Abs(trained[s])), 3e-6 * (1 + Math.Abs(trained[s])));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Fake_quantized_finetuning_wins_back_what_two_bits_lost()
    {
        (PackageNetwork network, Dataset train, Dataset valid, ThreadTeam team) = Planted();
        using (team)
        {
            var rows = new QuantizedRows(network, RowPlan.Uniform(network, RowPrecision.Int2), RowRounding.Nearest, team);
            double exact = Auc(network, valid, null), quantized = Auc(network, valid, rows);
            double finetuned = Finetuning.Run(network, train, valid, new FinetuneOptions { Epochs = 3, LearningRate = 1e-3f, BatchSize = 256 }, team, rows);
            Assert.True(exact - quantized > 0.0004, $"{exact} {quantized}");
            Assert.True(finetuned - quantized > 0.5 * (exact - quantized), $"{exact} fp32, {quantized} quantized, {finetuned} finetuned");
            Assert.Equal(finetuned, Auc(network, valid, rows), 6);
        }
    }

    [Fact]
    public void Training_in_low_precision_needs_stochastic_rounding()
    {
        double Train(bool stochastic)
        {
            (PackageNetwork network, Dataset train, Dataset valid, ThreadTeam team) = Planted(epochs: 1);
            using (team)
            {
                IForwardRows rows = stochastic
                    ? new QuantizedRows(network, RowPlan.Uniform(network, RowPrecision.Int8Compact), RowRounding.Stochastic, team)
                    : new RoundedRows(network);
                return Finetuning.Run(network, train, valid, new FinetuneOptions { Epochs = 6, LearningRate = 1e-4f, BatchSize = 256 }, team, rows);
            }
        }

        double low = Train(stochastic: true), nearest = Train(stochastic: false);
        Assert.True(low > nearest + 0.002, $"{low} stochastic, {nearest} nearest");
    }

    /// <summary>Rows rounded to the nearest int8 after every step with nothing kept beside.</summary>
    private sealed class RoundedRows(PackageNetwork network) : IForwardRows
    {
        public void Enter(ParameterStore parameters)
        {
        }

        public void Leave(ParameterStore parameters)
        {
        }

        public void Stepped(ParameterStore parameters, double learningRate)
        {
            var row = new byte[10];
            for (int f = 0; f < network.Vocabularies.Count; f++)
            {
                for (int r = 0; r < network.Vocabularies[f].Keys.Length; r++)
                {
                    Span<float> values = network.TableOf(f).Slice(r * 8, 8);
                    RowCodec.Encode(RowPrecision.Int8Compact, values, row);
                    RowCodec.Decode(RowPrecision.Int8Compact, row, values);
                }
            }
        }
    }

    private static (PackageNetwork Network, Dataset Train, Dataset Valid, ThreadTeam Team) Planted(int epochs = 8)
    {
        TrainingData data = new PlantedFields(8, 2, 3).Draw(20_000, 10_000, 100, dim: 8);
        var options = new TrainingOptions { Model = ModelKind.Mlp, Hidden = [16], EmbeddingL2 = 1e-3f, EmbeddingDeviation = 0.01f, BatchSize = 512, LearningRate = 3e-3f, Epochs = epochs };
        var team = new ThreadTeam(1);
        var network = new PackageNetwork(Trainer.Train(data, options).Package, 512, team);
        return (network, network.Bind(data.Train), network.Bind(data.Valid), team);
    }

    private static double Auc(PackageNetwork network, Dataset valid, QuantizedRows? rows)
    {
        rows?.Enter(network.Network.Parameters);
        double auc = RocCurve.Auc(network.Logits(valid), valid.Labels, []);
        rows?.Leave(network.Network.Parameters);
        return auc;
    }

    /// <summary>Every format and some dropped rows in every table.</summary>
    private static RowPlan Mixed(PackageNetwork network)
    {
        RowPrecision?[] cycle = [RowPrecision.Fp32, null, RowPrecision.Int4, RowPrecision.Int8Compact, RowPrecision.Int2, RowPrecision.Fp16, RowPrecision.Int8];
        return RowPlan.Of(network, [.. network.Vocabularies.Select((keys, f) => Enumerable.Range(0, keys.Keys.Length).Select(row => cycle[(row + f) % cycle.Length]).ToArray())]);
    }
}
