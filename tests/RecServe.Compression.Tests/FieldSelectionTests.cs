using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Compression.Reports;
using RecServe.Compression.Selection;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Compression.Tests;

public sealed class FieldSelectionTests
{
    private const int Signal = 6, Noise = 4;

    [Fact]
    public void Every_informed_order_keeps_the_auc_where_chance_loses_it()
    {
        SelectionResult result = Measure(new SelectionOptions { Repeats = 5, GateEpochs = 3, Penalties = [1e-2, 3e-3], LassoEpochs = 2, Kept = [2, Signal, 99], Finetune = Finetune });

        Assert.Equal(Enum.GetValues<SelectionMethod>(), result.Orders.Keys);
        Assert.All(result.Orders.Values, order => Assert.Equal(Enumerable.Range(0, Signal + Noise), order.Order()));
        Assert.Equal(2 * result.Orders.Count, result.Points.Count); // 99 fields are more than there are
        foreach (SelectionMethod method in (SelectionMethod[])[SelectionMethod.FPermutation, SelectionMethod.Permutation, SelectionMethod.LpfsPlusPlus])
        {
            Assert.Equal(Enumerable.Range(0, Signal), result.Orders[method].Take(Signal).Order());
            Assert.True(Auc(result, method, 2) > Auc(result, SelectionMethod.Random, 2) + 0.01, $"{method}");
            Assert.True(Auc(result, method, Signal) > result.FullAuc - 0.005, $"{method}");
        }

        Assert.True(result.Certain.Count >= Signal);
        Assert.True(result.Spearman > 0.9, $"{result.Spearman}");
        Assert.True(result.FastSeconds < result.ExactSeconds);
    }

    [Fact]
    public void Importances_alone_have_no_curve_and_train_no_gates()
    {
        SelectionResult result = Measure(new SelectionOptions { Repeats = 2, Kept = [], Finetune = Finetune });
        Assert.Empty(result.Points);
        Assert.DoesNotContain(SelectionMethod.LpfsPlusPlus, result.Orders.Keys);
        Assert.Equal(Signal + Noise, result.Fast.Count);
        Assert.DoesNotContain("AUC against", SelectionReport.ToHtml("planted", [1], [result]), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_has_means_and_deviations_over_the_runs()
    {
        SelectionResult Run(double auc, double fast) => new(["a", "b"], [fast, 1], [new(2, 0.1, 0), new(1, 0.6, 0)],
            new SortedDictionary<SelectionMethod, IReadOnlyList<int>> { [SelectionMethod.FPermutation] = [0, 1] }, [new(SelectionMethod.FPermutation, 1, auc - 0.1, auc)], 0.9, 1, 9);
        SelectionResult[] runs = [Run(0.7, 2), Run(0.8, 3)];
        Assert.Equal([0], runs[0].Certain);
        SelectionSummary point = Assert.Single(SelectionSummary.Of(runs));
        Assert.Equal((0.75, 0.65, Math.Round(Math.Sqrt(0.005), 9)), (point.Finetuned, Math.Round(point.Folded, 9), Math.Round(point.Deviation, 9)));

        using JsonDocument report = JsonDocument.Parse(SelectionReport.ToJson([4, 5], runs));
        Assert.Equal([4, 5], report.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("seed").GetInt32()));
        Assert.Equal(0.75, report.RootElement.GetProperty("curve")[0].GetProperty("auc").GetDouble());
        string html = SelectionReport.ToHtml("a <b>", [4, 5], runs);
        Assert.Contains("0.7500 ± 0.0707", html, StringComparison.Ordinal);
        Assert.Contains("a &lt;b&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    private static FinetuneOptions Finetune => new() { Epochs = 1, BatchSize = 256, LearningRate = 3e-4f, EmbeddingL2 = 2e-3f };

    private static double Auc(SelectionResult result, SelectionMethod method, int kept) => result.Points.Single(point => point.Method == method && point.Kept == kept).Finetuned;

    private static SelectionResult Measure(SelectionOptions options)
    {
        TrainingData data = new PlantedFields(Signal, Noise, 31, copies: 0).Draw(20_000, 10_000, 10_000, dim: 4);
        ModelPackage package = Trainer.Train(data, new TrainingOptions
        {
            Model = ModelKind.Mlp, Hidden = [16], BatchNorm = true, EmbeddingL2 = 2e-3f, EmbeddingDeviation = 0.01f, BatchSize = 512, LearningRate = 3e-3f, Epochs = 8,
        }).Package;
        return FieldSelection.Measure(package, new CompressionData(data.Train, data.Valid, data.Test), options);
    }
}
