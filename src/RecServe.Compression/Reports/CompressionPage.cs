using System.Net;
using System.Text;

namespace RecServe.Compression.Reports;

/// <summary>The page of <see cref="CompressionReport"/>.</summary>
internal static partial class CompressionPage
{
    public static string Write(CompressionResult result, string name)
    {
        StringBuilder page = ReportPage.Begin($"Compression of {name}");
        page.Append(Text($"<p class=\"soft\">{result.Chosen.Method}{(result.Chosen.Finetuned ? ", finetuned with quantized rows" : ", rows quantized once")}; judged on {result.After.Rows:N0} samples that were not tuned on.</p>\n"));
        Figures(page, result);
        page.Append("<div class=\"charts\">\n");
        ReportPage.Section(page, "AUC against bytes, tuning samples", Curve(result));
        ReportPage.Section(page, "Computed front: expected rise of the logloss", Front(result));
        ReportPage.Section(page, "Importance of fields", Importance(result));
        ReportPage.Section(page, "Bytes by table and format", Bytes(result));
        ReportPage.Section(page, "Drift of scores: change of the logit", Drift(result));
        ReportPage.Section(page, "Reliability: clicks against predictions", Reliability(result));
        page.Append("</div>\n");
        Tables(page, result);
        return ReportPage.End(page);
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
