using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Measures;
using RecServe.Compression.Networks;
using RecServe.Compression.Reports;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;

namespace RecServe.Compression.Tests;

public sealed class CompressorTests(CompressorTests.Model model) : IClassFixture<CompressorTests.Model>
{
    [Theory]
    [InlineData(0.5), InlineData(0.3), InlineData(0.2), InlineData(0.15), InlineData(0.1)]
    public void Auto_takes_the_best_candidate_within_the_budget(double budget)
    {
        CompressionResult result = Compress(new CompressionOptions { Budget = budget, Finetune = new FinetuneOptions { Epochs = 1 } });
        Assert.True(result.BytesAfter <= budget * result.BytesBefore);
        Assert.Equal(result.Chosen.Bytes, result.BytesAfter);
        Assert.Equal(result.Points.Skip(18).Min(point => point.Drop.UpperBound), result.Chosen.Drop.UpperBound); // the curve comes first: 3 uniform formats, 3 methods at 5 budgets
        float[] logits = Evaluator.Logits(result.Package, Reencoding.Of(model.Data.Test, model.Package, result.Package), 1);
        Assert.Equal(result.LogitsAfter, logits);
        Assert.Equal(model.Before, Serialized(model.Package));
    }

    [Theory]
    [InlineData(0.5), InlineData(0.3), InlineData(0.2), InlineData(0.15), InlineData(0.1)]
    public void Hawq_fills_the_budget_to_within_one_percent(double budget)
    {
        CompressionResult result = Compress(new CompressionOptions { Budget = budget, Method = CompressionMethod.Hawq, Finetune = new FinetuneOptions { Epochs = 0 } });
        Assert.InRange((double)result.BytesAfter / result.BytesBefore / budget, 0.99, 1);
        Assert.False(result.Chosen.Finetuned);
    }

    [Fact]
    public void Auto_never_ships_a_larger_drop_than_allowed_on_data_it_did_not_tune_on()
    {
        double ratio = 2;
        foreach (double limit in (double[])[0.00001, 0.001, 0.02])
        {
            CompressionResult result = Compress(new CompressionOptions { MaxAucDrop = limit, Finetune = new FinetuneOptions { Epochs = 1 } });
            float[] logits = Evaluator.Logits(result.Package, Reencoding.Of(model.Data.Test, model.Package, result.Package), 1);
            PairedAuc drop = PairedAuc.Of(Evaluator.Logits(model.Package, model.Data.Test, 1), logits, model.Data.Test.Labels);
            Assert.True(drop.UpperBound <= limit, $"{limit}: {drop}");
            Assert.True((double)result.BytesAfter / result.BytesBefore <= ratio);
            ratio = (double)result.BytesAfter / result.BytesBefore;
        }

        Assert.True(ratio < 0.2, $"{ratio}");
    }

    [Fact]
    public void A_goal_that_cannot_be_reached_is_refused_with_the_reason()
    {
        var none = new FinetuneOptions { Epochs = 0 };
        CompressionException tooSmall = Assert.Throws<CompressionException>(() => Compress(new CompressionOptions { Budget = 0.1, Method = CompressionMethod.UniformInt8, Finetune = none }));
        Assert.Contains("uniform formats have one size", tooSmall.Message, StringComparison.Ordinal);
        CompressionException tooBad = Assert.Throws<CompressionException>(() => Compress(new CompressionOptions { Budget = 0.01, MaxAucDrop = 0.0001, Finetune = none }));
        Assert.Contains("--max-auc-drop is 0.0001", tooBad.Message, StringComparison.Ordinal);
        CompressionResult once = Compress(new CompressionOptions { Budget = 0.3, Method = CompressionMethod.Hawq, Finetune = none });
        Assert.Contains("compressed already", Assert.Throws<CompressionException>(() => Compressor.Compress(once.Package, new CompressionData(model.Data.Train, model.Data.Valid, model.Data.Test), new CompressionOptions { Budget = 0.2 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lpfs_removes_noise_and_keeps_to_the_budget()
    {
        CompressionResult result = Compress(new CompressionOptions { Budget = 0.2, Method = CompressionMethod.LpfsPlusPlus, Finetune = new FinetuneOptions { Epochs = 1, BatchSize = 256, EmbeddingL2 = 1e-3f } });
        Assert.InRange((double)result.BytesAfter / result.BytesBefore, 0.05, 0.2);
        Assert.All(result.Removed, field => Assert.True(string.CompareOrdinal(field, "f06") >= 0, field));
        Assert.True(result.Drop.Drop < 0.01, $"{result.Drop}");
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        string Run(int threads) => Serialized(Compress(new CompressionOptions { Budget = 0.15, Method = CompressionMethod.Hawq, Threads = threads, Finetune = new FinetuneOptions { Epochs = 1 } }).Package);
        Assert.Equal(Run(1), Run(3));
    }

    [Fact]
    public void Cancelling_ends_it()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Stopper(stop);
        Assert.Throws<OperationCanceledException>(() => Compressor.Compress(model.Package, new CompressionData(model.Data.Train, model.Data.Valid, model.Data.Test), new CompressionOptions { Budget = 0.2 }, progress, stop.Token));
    }

    [Fact]
    public void Report_is_one_page_without_scripts_or_links_and_its_json_has_the_figures()
    {
        CompressionResult result = Compress(new CompressionOptions { Budget = 0.2, Method = CompressionMethod.Shark, Finetune = new FinetuneOptions { Epochs = 1 } });
        string html = CompressionReport.ToHtml(result, "clicks <&>");
        Assert.Contains("Compression of clicks &lt;&amp;&gt;", html, StringComparison.Ordinal);
        Assert.Equal(6, html.Split("<svg").Length - 1);
        foreach (string foreign in (string[])["<script", "http:", "https:", "NaN", "∞", "Infinity"])
            Assert.DoesNotContain(foreign, html, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(CompressionReport.ToJson(result, new CompressionOptions { Budget = 0.2 }, "p/2"));
        Assert.Equal(result.BytesAfter, report.RootElement.GetProperty("bytes_after").GetInt64());
        Assert.Equal(result.Points.Count, report.RootElement.GetProperty("curve").GetArrayLength());
        Assert.Equal(8, report.RootElement.GetProperty("fields").GetArrayLength());
        Assert.Equal(result.BytesAfter, report.RootElement.GetProperty("tables").EnumerateArray().Sum(table => table.GetProperty("bytes").GetInt64()));
    }

    private CompressionResult Compress(CompressionOptions options) =>
        Compressor.Compress(model.Package, new CompressionData(model.Data.Train, model.Data.Valid, model.Data.Test), options with { PermutationRepeats = 1 });

    private static string Serialized(ModelPackage package) => JsonSerializer.Serialize(new
    {
        Tables = package.Tables.Select(table => new { table.Keys, table.Rows, table.Default, table.Mean, Sets = table.Quantized.Select(set => new { set.Format.Name, set.Keys, set.Rows }) }),
        Dense = package.Dense.Select(tensor => tensor.Values),
    });

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<CompressionProgress>
    {
        public void Report(CompressionProgress value)
        {
            if (value.Stage.StartsWith("compressing", StringComparison.Ordinal))
                stop.Cancel();
        }
    }

    public sealed class Model
    {
        public Model()
        {
            Data = new PlantedFields(6, 2, 11).Draw(20_000, 10_000, 10_000, dim: 8);
            var options = new TrainingOptions { Model = ModelKind.Mlp, Hidden = [16], EmbeddingL2 = 1e-3f, EmbeddingDeviation = 0.01f, BatchSize = 512, LearningRate = 3e-3f, Epochs = 6 };
            Package = Trainer.Train(Data, options).Package;
            Before = Serialized(Package);
        }

        public TrainingData Data { get; }

        public ModelPackage Package { get; }

        public string Before { get; }
    }
}
