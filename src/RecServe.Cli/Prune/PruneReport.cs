using RecServe.Cli.Train;
using RecServe.Compression.Measures;
using RecServe.Training.Metrics;

namespace RecServe.Cli.Prune;

/// <summary>What <c>recserve prune</c> prints and writes.</summary>
/// <param name="curve">The curve, the source first.</param>
/// <param name="chosen">The point that became the package.</param>
/// <param name="before">Figures of the source on the test samples, by task.</param>
/// <param name="after">Figures of the package on them.</param>
/// <param name="drops">By task: how much the AUC fell on them.</param>
internal sealed class PruneReport(IReadOnlyList<PrunePoint> curve, PrunePoint chosen, IReadOnlyList<TaskMetrics> before, IReadOnlyList<TaskMetrics> after, IReadOnlyList<PairedAuc> drops)
{
    public string ToJson(string package) => JsonLine.Write(json =>
    {
        json.Add("networks_before", curve[0].Networks);
        json.Add("networks_after", chosen.Networks);
        json.Add("method", chosen.Name);
        json.Add("auc_before", TaskMetrics.Mean(before).Auc);
        json.Add("auc_after", TaskMetrics.Mean(after).Auc);
        for (int task = 0; task < drops.Count; task++)
        {
            json.Add($"auc_drop.{before[task].Name}", drops[task].Drop);
            json.Add($"auc_drop_standard_error.{before[task].Name}", drops[task].StandardError);
        }

        json.Add("us_before", curve[0].Times.Median);
        json.Add("us_after", chosen.Times.Median);
        foreach (PrunePoint point in curve)
        {
            json.Add($"curve.{point.Name}.{point.Networks}.valid_auc", point.Auc);
            json.Add($"curve.{point.Name}.{point.Networks}.expert_rows", point.ExpertRows);
            json.Add($"curve.{point.Name}.{point.Networks}.us", point.Times.Median);
            json.Add($"curve.{point.Name}.{point.Networks}.us_fastest", point.Times.Least);
        }

        json.Add("package", package);
    });

    public void WriteText(string package, TextWriter output)
    {
        output.WriteLine($"{"networks",8}  {"method",-6}  {"valid AUC",9}  {"expert rows",11}  {"µs",7}  {"fastest",7}");
        foreach (PrunePoint point in curve)
            output.WriteLine(Text($"{point.Networks,8}  {point.Name,-6}  {point.Auc,9:F5}  {point.ExpertRows,11:F2}  {point.Times.Median,7:F0}  {point.Times.Least,7:F0}"));
        for (int task = 0; task < drops.Count; task++)
            output.WriteLine(Text($"{before[task].Name}: test AUC {before[task].Metrics.Auc:F5} before, {after[task].Metrics.Auc:F5} after: a drop of {drops[task].Drop:F5} ± {drops[task].StandardError:F5}"));
        output.WriteLine(Text($"{chosen.Networks} of {curve[0].Networks} networks a layer, by {chosen.Name}"));
        output.WriteLine($"package  {package}");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
