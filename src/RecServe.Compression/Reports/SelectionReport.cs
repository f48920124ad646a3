using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RecServe.Compression.Selection;

namespace RecServe.Compression.Reports;

/// <summary>The report of a comparison of ways to choose fields: one run a seed, as JSON for machines and as one page for people.</summary>
public static class SelectionReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Everything that was measured.</summary>
    /// <param name="seeds">Seed of each run.</param>
    /// <param name="runs">The runs.</param>
    public static string ToJson(IReadOnlyList<ulong> seeds, IReadOnlyList<SelectionResult> runs) => JsonSerializer.Serialize(
        new Dictionary<string, object?>
        {
            ["runs"] = runs.Select((run, r) => new Dictionary<string, object?>
            {
                ["seed"] = seeds[r],
                ["auc_all_fields"] = run.FullAuc,
                ["spearman"] = double.IsFinite(run.Spearman) ? run.Spearman : null,
                ["certain_fields"] = run.Certain.Count,
                ["f_permutation_seconds"] = run.FastSeconds,
                ["permutation_seconds"] = run.ExactSeconds,
                ["fields"] = run.Fields.Select((name, f) => new Dictionary<string, object?>
                {
                    ["name"] = name,
                    ["f_permutation"] = run.Fast[f],
                    ["permutation"] = run.Exact[f].LogLoss,
                    ["permutation_standard_error"] = run.Exact[f].StandardError,
                }),
                ["orders"] = run.Orders.ToDictionary(entry => SelectionNames.Of(entry.Key), entry => entry.Value.Select(field => run.Fields[field])),
            }),
            ["curve"] = SelectionSummary.Of(runs).Select(point => new Dictionary<string, object?>
            {
                ["method"] = SelectionNames.Of(point.Method),
                ["fields"] = point.Kept,
                ["auc"] = point.Finetuned,
                ["auc_deviation"] = point.Deviation,
                ["auc_folded"] = point.Folded,
            }),
        }, Indented);

    /// <summary>The page for people.</summary>
    /// <param name="name">Name of the data, for the title.</param>
    /// <param name="seeds">Seed of each run.</param>
    /// <param name="runs">The runs, at least one.</param>
    public static string ToHtml(string name, IReadOnlyList<ulong> seeds, IReadOnlyList<SelectionResult> runs)
    {
        StringBuilder page = ReportPage.Begin($"Choosing fields of {name}");
        page.Append(Text($"<p class=\"soft\">{runs.Count} trainings, each on a split of its own; AUC on the part that neither training nor ordering has seen. All fields: {runs.Average(run => run.FullAuc):F4}.</p>\n<div class=\"charts\">\n"));
        IReadOnlyList<SelectionSummary> points = SelectionSummary.Of(runs);
        if (points.Count > 0)
        {
            ReportPage.Section(page, "AUC against fields kept, trained a little after folding", Curve(points, point => point.Finetuned));
            ReportPage.Section(page, "AUC against fields kept, nothing trained after folding", Curve(points, point => point.Folded));
        }

        for (int r = 0; r < runs.Count; r++)
            ReportPage.Section(page, Text($"Seed {seeds[r]}: logarithms of both importances, Spearman {runs[r].Spearman:F3} over {runs[r].Certain.Count} fields"), Importances(runs[r]));
        page.Append("</div>\n");
        Table(page, points);
        return ReportPage.End(page);
    }

    private static SvgChart Curve(IReadOnlyList<SelectionSummary> points, Func<SelectionSummary, double> auc)
    {
        var chart = new SvgChart((0, points.Max(point => point.Kept)), (points.Min(auc), points.Max(auc)), "fields kept", "AUC");
        foreach (IGrouping<SelectionMethod, SelectionSummary> method in points.GroupBy(point => point.Method))
            chart.Line([.. method.Select(point => ((double)point.Kept, auc(point)))], (int)method.Key, SelectionNames.Of(method.Key));
        return chart;
    }

    private static SvgChart Importances(SelectionResult run)
    {
        (double X, double Y, bool Certain)[] dots = [.. Enumerable.Range(0, run.Fields.Count).Where(f => run.Exact[f].LogLoss > 0 && run.Fast[f] > 0)
            .Select(f => (Math.Log10(run.Exact[f].LogLoss), Math.Log10(run.Fast[f]), run.Certain.Contains(f)))];
        (double, double) Range(Func<(double X, double Y, bool), double> of) => dots.Length == 0 ? (0, 1) : (dots.Min(of), dots.Max(of));
        var chart = new SvgChart(Range(dot => dot.X), Range(dot => dot.Y), "exact permutation, log10 of nats", "F-Permutation, log10 of nats");
        var named = new HashSet<bool>();
        foreach ((double x, double y, bool certain) in dots)
            chart.Dot(x, y, certain ? 0 : 4, named.Add(certain) ? certain ? "above twice its standard error" : "below" : null);
        return chart;
    }

    private static void Table(StringBuilder page, IReadOnlyList<SelectionSummary> points)
    {
        SelectionMethod[] methods = [.. points.Select(point => point.Method).Distinct()];
        page.Append("<div class=\"wide\"><h2>AUC, mean ± standard deviation</h2>\n<table><tr><th>fields kept</th>");
        foreach (SelectionMethod method in methods)
            page.Append($"<th>{WebUtility.HtmlEncode(SelectionNames.Of(method))}</th>");
        page.Append("</tr>\n");
        foreach (IGrouping<int, SelectionSummary> row in points.GroupBy(point => point.Kept).OrderBy(group => group.Key))
        {
            page.Append(Text($"<tr><td>{row.Key}</td>"));
            foreach (SelectionMethod method in methods)
                page.Append(row.FirstOrDefault(point => point.Method == method) is { } point ? Text($"<td>{point.Finetuned:F4} ± {point.Deviation:F4}</td>") : "<td></td>");
            page.Append("</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
