using System.Net;
using System.Text;

namespace RecServe.Compression.Reports;

/// <summary>The page of <see cref="CompressionReport"/>.</summary>
internal static partial class CompressionPage
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1c1f24; --paper: #fff; --soft: #68707c; --grid: #e3e6ea; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #16181c; --soft: #9aa2ae; --grid: #2c3037; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1360px; margin: 0 auto; padding: 24px; }
        h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 0 0 8px; } p { margin: 4px 0; }
        .soft { color: var(--soft); } .figures { display: flex; flex-wrap: wrap; gap: 12px 36px; margin: 18px 0 26px; }
        .figures b { display: block; font-size: 24px; font-weight: 600; } .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); gap: 34px 30px; }
        svg { width: 100%; height: auto; } .grid { stroke: var(--grid); } .tick, .axis { font-size: 11.5px; fill: var(--soft); }
        .line { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 5 4; } .bar { opacity: .85; } .legend { font-size: 13px; }
        .key { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin: 0 5px 0 10px; }
        table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; } td, th { text-align: right; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--grid); }
        td:first-child, th:first-child { text-align: left; } th { font-weight: 600; } .wide { overflow-x: auto; margin-top: 34px; }
        """;

    private static readonly string[] Colours = ["#2563c9", "#d9822b", "#2e9e6b", "#b03a8c", "#8a8f98", "#7a5cd1", "#c94040", "#1d98a8", "#a67c1b", "#4c6a3d", "#d46a9f", "#3b4a66"];

    public static string Write(CompressionResult result, string name)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append($"<title>Compression of {WebUtility.HtmlEncode(name)}</title>\n<style>\n{Style}\n");
        for (int i = 0; i < Colours.Length; i++)
            page.Append($".line.c{i} {{ stroke: {Colours[i]} }} .dot.c{i}, .bar.c{i} {{ fill: {Colours[i]} }} .key.c{i} {{ background: {Colours[i]} }}\n");
        page.Append("</style>\n</head>\n<body>\n");
        page.Append($"<h1>Compression of {WebUtility.HtmlEncode(name)}</h1>\n");
        page.Append(Text($"<p class=\"soft\">{result.Chosen.Method}{(result.Chosen.Finetuned ? ", finetuned with quantized rows" : ", rows quantized once")}; judged on {result.After.Rows:N0} samples that were not tuned on.</p>\n"));
        Figures(page, result);
        page.Append("<div class=\"charts\">\n");
        Section(page, "AUC against bytes, tuning samples", Curve(result));
        Section(page, "Computed front: expected rise of the logloss", Front(result));
        Section(page, "Importance of fields", Importance(result));
        Section(page, "Bytes by table and format", Bytes(result));
        Section(page, "Drift of scores: change of the logit", Drift(result));
        Section(page, "Reliability: clicks against predictions", Reliability(result));
        page.Append("</div>\n");
        Tables(page, result);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Figures(StringBuilder page, CompressionResult result)
    {
        (string Label, FormattableString Value)[] figures =
        [
            ("of the rows' bytes", $"{(double)result.BytesAfter / result.BytesBefore:P1}"),
            ("bytes of rows before", $"{result.BytesBefore:N0}"),
            ("after", $"{result.BytesAfter:N0}"),
            ("AUC before", $"{result.Before.Auc:F5}"),
            ("AUC after", $"{result.After.Auc:F5}"),
            ("drop ± standard error", $"{result.Drop.Drop:F5} ± {result.Drop.StandardError:F5}"),
            ("logloss before, after", $"{result.Before.LogLoss:F5}, {result.After.LogLoss:F5}"),
        ];
        page.Append("<div class=\"figures\">\n");
        foreach ((string label, FormattableString value) in figures)
            page.Append($"<div><b>{Text(value)}</b><span class=\"soft\">{label}</span></div>\n");
        page.Append("</div>\n");
    }

    private static void Section(StringBuilder page, string title, SvgChart chart) => page.Append($"<section>\n<h2>{title}</h2>\n{chart.ToSvg(title)}</section>\n");

    private static void Tables(StringBuilder page, CompressionResult result)
    {
        page.Append("<div class=\"wide\"><h2>Candidates</h2>\n<table><tr><th>method</th><th>finetuned</th><th>fields</th><th>bytes</th><th>share</th><th>AUC</th><th>drop ± standard error</th><th>logloss</th></tr>\n");
        foreach (CompressionPoint point in result.Points)
            page.Append(Text($"<tr><td>{point.Method}</td><td>{(point.Finetuned ? "yes" : "no")}</td><td>{point.Fields}</td><td>{point.Bytes:N0}</td><td>{point.Ratio:P1}</td><td>{point.Auc:F5}</td><td>{point.Drop.Drop:F5} ± {point.Drop.StandardError:F5}</td><td>{point.LogLoss:F5}</td></tr>\n"));
        page.Append("</table></div>\n<div class=\"wide\"><h2>Tables</h2>\n<table><tr><th>table</th><th>rows</th><th>bytes</th><th>rows by format</th></tr>\n");
        foreach (Artifacts.PackageTable table in result.Package.Tables)
        {
            string formats = string.Join(", ", CompressionReport.Formats(table).Select(entry => Text($"{entry.Format} {entry.Rows:N0}")));
            page.Append(Text($"<tr><td>{WebUtility.HtmlEncode(table.Name)}</td><td>{table.RowCount:N0}</td><td>{table.RowBytes:N0}</td><td>{formats}</td></tr>\n"));
        }

        page.Append("</table></div>\n<p class=\"soft\">Bytes are those of encoded rows with their scales and biases. Keys (8 bytes a row) and each table's mean, default and unknown vectors are the same before and after, and not counted.</p>\n");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
