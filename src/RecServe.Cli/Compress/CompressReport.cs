using RecServe.Cli.Train;
using RecServe.Compression;

namespace RecServe.Cli.Compress;

/// <summary>What <c>recserve compress</c> prints.</summary>
internal static class CompressReport
{
    public static string ToJson(CompressionResult result, double? budget, string package, double seconds) => JsonLine.Write(json =>
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
        if (Note(result, budget) is { } note)
            json.Add("note", note);
        json.Add("package", package);
    });

    public static void WriteText(CompressionResult result, double? budget, string package, double seconds, TextWriter output)
    {
        output.WriteLine(Text($"{result.Chosen.Method}{(result.Chosen.Finetuned ? ", finetuned" : "")} in {seconds:F1} s: {result.BytesBefore:N0} bytes of rows become {result.BytesAfter:N0} ({(double)result.BytesAfter / result.BytesBefore:P1})"));
        output.WriteLine(Text($"AUC {result.Before.Auc:F5} before, {result.After.Auc:F5} after: a drop of {result.Drop.Drop:F5} ± {result.Drop.StandardError:F5} on {result.After.Rows:N0} samples that were not tuned on"));
        foreach (string field in result.Removed)
            output.WriteLine($"removed field {field}");
        if (Note(result, budget) is { } note)
            output.WriteLine(note);
        output.WriteLine($"package  {package}");
        output.WriteLine($"report   {Path.Combine(package, "report.html")}");
    }

    /// <summary>Why the package is not as large as was asked for, or not smaller than the source; null where it is as asked.</summary>
    private static string? Note(CompressionResult result, double? budget)
    {
        double ratio = (double)result.BytesAfter / result.BytesBefore;
        if (result.Chosen.Method == "fp32")
            return "No smaller package keeps to --max-auc-drop: the package is a copy of the source.";
        return budget is { } asked && ratio < 0.99 * asked
            ? Text($"{result.Chosen.Method} takes {ratio:P1}, less than the {asked:P0} asked for: no candidate that fills the budget loses less AUC on the tuning samples.")
            : null;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
