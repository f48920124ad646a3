using RecServe.Cli.Train;
using RecServe.Compression.Selection;

namespace RecServe.Cli.Bench;

/// <summary>What <c>recserve bench fields</c> prints.</summary>
internal static class FieldsReport
{
    public static string ToJson(IReadOnlyList<SelectionResult> runs) => JsonLine.Write(json =>
    {
        json.Add("runs", runs.Count);
        json.Add("spearman_least", runs.Min(run => run.Spearman));
        json.Add("spearman_mean", runs.Average(run => run.Spearman));
        json.Add("certain_fields_least", runs.Min(run => run.Certain.Count));
        json.Add("auc_all_fields", runs.Average(run => run.FullAuc));
        foreach (IGrouping<SelectionMethod, SelectionSummary> method in SelectionSummary.Of(runs).GroupBy(point => point.Method))
            json.Add($"mean_auc_{SelectionNames.Of(method.Key)}", method.Average(point => point.Finetuned));
    });

    public static void WriteText(IReadOnlyList<ulong> seeds, IReadOnlyList<SelectionResult> runs, TextWriter output)
    {
        for (int r = 0; r < runs.Count; r++)
        {
            output.WriteLine(Text($"seed {seeds[r]}: AUC of all fields {runs[r].FullAuc:F4}; F-Permutation against exact permutation: Spearman {runs[r].Spearman:F4} over {runs[r].Certain.Count} of {runs[r].Fields.Count} fields; {runs[r].FastSeconds:F2} s against {runs[r].ExactSeconds:F2} s"));
        }

        IReadOnlyList<SelectionSummary> points = SelectionSummary.Of(runs);
        if (points.Count == 0)
            return;
        SelectionMethod[] methods = [.. points.Select(point => point.Method).Distinct()];
        output.WriteLine($"{"fields",6}{string.Concat(methods.Select(method => $"  {SelectionNames.Of(method),-15}"))}");
        foreach (IGrouping<int, SelectionSummary> row in points.GroupBy(point => point.Kept).OrderBy(group => group.Key))
        {
            output.WriteLine(Text($"{row.Key,6}") + string.Concat(methods.Select(method =>
                row.FirstOrDefault(point => point.Method == method) is { } point ? Text($"  {point.Finetuned:F4} ± {point.Deviation:F4}") : new string(' ', 17))));
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
