using RecServe.Cli.Train;
using RecServe.Compression;

namespace RecServe.Cli.Compress;

/// <summary>What <c>recserve compress</c> prints.</summary>
internal static class CompressReport
{
    public static string ToJson(CompressionResult result, string package, double seconds) => JsonLine.Write(json =>
    {
        json.Add("auc_before", result.Before.Auc);
        json.Add("auc_after", result.After.Auc);
        json.Add("auc_drop", result.Drop.Drop);
        json.Add("auc_drop_standard_error", result.Drop.StandardError);
        json.Add("logloss_before", result.Before.LogLoss);
        json.Add("logloss_after", result.After.LogLoss);
        json.Add("bytes_before", result.BytesBefore);
        json.Add("bytes_after", result.BytesAfter);
        json.Add("bytes_ratio", (double)result.BytesAfter / result.BytesBefore);
        json.Add("method", result.Chosen.Method);
        json.Add("finetuned", result.Chosen.Finetuned);
        json.Add("rows", result.After.Rows);
        json.Add("seconds", Math.Round(seconds, 3));
        json.Add("package", package);
    });

    public static void WriteText(CompressionResult result, string package, double seconds, TextWriter output)
    {
        output.WriteLine(Text($"{result.Chosen.Method}{(result.Chosen.Finetuned ? ", finetuned" : "")} in {seconds:F1} s: {result.BytesBefore:N0} bytes of rows become {result.BytesAfter:N0} ({(double)result.BytesAfter / result.BytesBefore:P1})"));
        output.WriteLine(Text($"AUC {result.Before.Auc:F5} before, {result.After.Auc:F5} after: a drop of {result.Drop.Drop:F5} ± {result.Drop.StandardError:F5} on {result.After.Rows:N0} samples that were not tuned on"));
        foreach (string field in result.Removed)
            output.WriteLine($"removed field {field}");
        if (result.Chosen.Method == "fp32")
            output.WriteLine("No smaller package keeps to --max-auc-drop: the package is a copy of the source.");
        output.WriteLine($"package  {package}");
        output.WriteLine($"report   {Path.Combine(package, "report.html")}");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
