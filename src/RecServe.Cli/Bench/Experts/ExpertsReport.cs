using RecServe.Cli.Train;
using RecServe.Training;

namespace RecServe.Cli.Bench.Experts;

/// <summary>What <c>recserve bench experts</c> prints. Where no test figures are to be seen, those of the validation samples stand in their place.</summary>
internal sealed class ExpertsReport(IReadOnlyList<ExpertsRun> runs, PairedFigures times, int candidates, bool onValidation)
{
    public string ToJson() => JsonLine.Write(json =>
    {
        json.Add("runs", runs.Count);
        json.Add("seeds", string.Join(",", runs.Select(run => run.Seed)));
        json.Add("samples", onValidation ? "validation" : "test");
        foreach ((string suffix, Func<TrainedModel, double> auc) in Measures())
        {
            PairedInterval difference = Difference(auc);
            json.Add($"auc_dense{suffix}", runs.Average(run => auc(run.Dense)));
            json.Add($"auc_sparse{suffix}", runs.Average(run => auc(run.Sparse)));
            json.Add($"auc_difference{suffix}", difference.Mean);
            json.Add($"auc_difference_low{suffix}", difference.Low);
            json.Add($"auc_difference_high{suffix}", difference.High);
        }

        json.Add("candidates", candidates);
        json.Add("dense_expert_rows", runs.Average(run => run.DenseRows));
        json.Add("sparse_expert_rows", runs.Average(run => run.SparseRows));
        json.Add("expert_rows_ratio", RowsRatio);
        json.Add("dense_us", times.Before);
        json.Add("sparse_us", times.After);
        json.Add("dense_us_fastest", times.FastestBefore);
        json.Add("sparse_us_fastest", times.FastestAfter);
        json.Add("speedup", 1 / times.Ratio());
        json.Add("speedup_lower_quartile", 1 / times.Ratio(0.75));
        json.Add("speedup_upper_quartile", 1 / times.Ratio(0.25));
        foreach ((string name, double load) in Loads())
            json.Add($"load.{name}", load);
    });

    public void WriteText(TextWriter output)
    {
        foreach (ExpertsRun run in runs)
        {
            output.WriteLine(Text($"seed {run.Seed}: AUC of dense and sparse") + string.Concat(Measures().Select(measure =>
                Text($"  {(measure.Suffix.Length == 0 ? "mean" : measure.Suffix[1..])} {measure.Auc(run.Dense):F5} {measure.Auc(run.Sparse):F5}"))) + Text($"  expert rows {run.DenseRows:F2} {run.SparseRows:F2}"));
        }

        foreach ((string suffix, Func<TrainedModel, double> auc) in Measures())
        {
            PairedInterval difference = Difference(auc);
            output.WriteLine(Text($"{(suffix.Length == 0 ? "mean of the tasks" : suffix[1..]),-18} AUC {runs.Average(run => auc(run.Dense)):F5} of dense, {runs.Average(run => auc(run.Sparse)):F5} of sparse, {(onValidation ? "validation" : "test")} samples; difference {difference.Mean:+0.00000;-0.00000} ± {difference.HalfWidth:F5} (95 %, paired over {runs.Count} seeds)"));
        }

        output.WriteLine(Text($"expert rows a candidate: {runs.Average(run => run.DenseRows):F2} of dense, {runs.Average(run => run.SparseRows):F2} of sparse: {RowsRatio:F2} times fewer"));
        output.WriteLine(Text($"scoring {candidates:N0} candidates: {times.Before:F0} µs by dense, {times.After:F0} by sparse; {1 / times.Ratio():F2} times faster, half of the {times.Count:N0} pairs from {1 / times.Ratio(0.75):F2} to {1 / times.Ratio(0.25):F2}; fastest {times.FastestBefore:F0} and {times.FastestAfter:F0}"));
        output.WriteLine("load, the share of the rows that each expert was asked for, mean of the seeds:");
        foreach ((string name, double load) in Loads())
            output.WriteLine(Text($"  {name,-14} {load:P1}"));
    }

    private double RowsRatio => runs.Average(run => run.DenseRows) / runs.Average(run => run.SparseRows);

    private IEnumerable<(string Suffix, Func<TrainedModel, double> Auc)> Measures()
    {
        yield return ("", model => (onValidation ? model.Valid : model.Test).Auc);
        for (int task = 0; task < runs[0].Dense.Tasks.Count; task++)
        {
            int at = task;
            yield return ($"_{runs[0].Dense.Tasks[task].Name}", model => (onValidation ? model.ValidTasks : model.Tasks)[at].Metrics.Auc);
        }
    }

    private PairedInterval Difference(Func<TrainedModel, double> auc) => PairedInterval.Of([.. runs.Select(run => auc(run.Sparse) - auc(run.Dense))]);

    private IEnumerable<(string Name, double Load)> Loads() => runs.SelectMany(run => run.NamedLoads).GroupBy(one => one.Name).Select(one => (one.Key, one.Average(load => load.Load)));

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
