using System.Text.Encodings.Web;
using System.Text.Json;
using RecServe.Kernels;

namespace RecServe.Compression.Reports;

/// <summary>The report of a compression: <c>report.json</c> for machines, <c>report.html</c> (one file, no scripts, nothing fetched) for people.</summary>
public static class CompressionReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Everything that the report shows, as JSON.</summary>
    /// <param name="result">What came out.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="package">Where the package was written.</param>
    public static string ToJson(CompressionResult result, CompressionOptions options, string package) => JsonSerializer.Serialize(
        new Dictionary<string, object?>
        {
            ["package"] = package,
            ["method"] = result.Chosen.Method,
            ["finetuned"] = result.Chosen.Finetuned,
            ["budget"] = options.Budget,
            ["max_auc_drop"] = options.MaxAucDrop,
            ["auc_before"] = Finite(result.Before.Auc),
            ["auc_after"] = Finite(result.After.Auc),
            ["auc_drop"] = result.Drop.Drop,
            ["auc_drop_standard_error"] = result.Drop.StandardError,
            ["logloss_before"] = Finite(result.Before.LogLoss),
            ["logloss_after"] = Finite(result.After.LogLoss),
            ["calibration_error_before"] = Finite(result.Before.CalibrationError),
            ["calibration_error_after"] = Finite(result.After.CalibrationError),
            ["bytes_before"] = result.BytesBefore,
            ["bytes_after"] = result.BytesAfter,
            ["bytes_ratio"] = (double)result.BytesAfter / result.BytesBefore,
            ["key_bytes"] = result.Package.Tables.Sum(table => 8L * table.RowCount),
            ["tables"] = result.Package.Tables.Select(table => new Dictionary<string, object?>
            {
                ["name"] = table.Name,
                ["rows"] = table.RowCount,
                ["bytes"] = table.RowBytes,
                ["formats"] = Formats(table).ToDictionary(entry => entry.Format, entry => entry.Rows),
            }),
            ["fields"] = result.Fields.Select((name, f) => new Dictionary<string, object?>
            {
                ["name"] = name,
                ["importance"] = Finite(result.Importance[f]),
                ["exact_importance"] = f < result.Exact.Count ? Finite(result.Exact[f].LogLoss) : null,
                ["exact_standard_error"] = f < result.Exact.Count ? Finite(result.Exact[f].StandardError) : null,
                ["removed"] = result.Removed.Contains(name),
            }),
            ["curve"] = result.Points.Select(point => new Dictionary<string, object?>
            {
                ["method"] = point.Method,
                ["finetuned"] = point.Finetuned,
                ["fields"] = point.Fields,
                ["bytes"] = point.Bytes,
                ["ratio"] = point.Ratio,
                ["auc"] = Finite(point.Auc),
                ["logloss"] = Finite(point.LogLoss),
                ["auc_drop"] = point.Drop.Drop,
                ["auc_drop_standard_error"] = point.Drop.StandardError,
            }),
            ["front"] = result.Front.Select(point => new Dictionary<string, object?> { ["bytes"] = point.Bytes, ["expected_logloss_rise"] = point.Loss }),
        }, Indented);

    /// <summary>The page for people.</summary>
    /// <param name="result">What came out.</param>
    /// <param name="name">Name of the model, for the title.</param>
    public static string ToHtml(CompressionResult result, string name) => CompressionPage.Write(result, name);

    /// <summary>Rows of a table by format, the most precise first.</summary>
    internal static IEnumerable<(string Format, int Rows, long Bytes)> Formats(Artifacts.PackageTable table)
    {
        if (table.Keys.Length > 0)
            yield return (RowPrecisionNames.Of(RowPrecision.Fp32), table.Keys.Length, 4L * table.Rows.Length);
        foreach (Artifacts.PackageRowSet set in table.Quantized)
            yield return (set.Format.Name, set.Keys.Length, set.Rows.Length);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
