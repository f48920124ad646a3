using RecServe.Cli.Train;
using RecServe.Compression;
using RecServe.Compression.Selection;

namespace RecServe.Cli.Bench.Compressed;

/// <summary>How <c>bench compression</c> tells its figures: ours beside what the SHARK paper reports of its own system (arXiv 2308.09395).</summary>
internal static class CompressionBenchReport
{
    private const double SharkBytesSaved = 0.7, SharkThroughput = 0.3;

    public static string ToJson(IReadOnlyList<CompressionResult> runs, ServingFigures serving) => JsonLine.Write(json =>
    {
        json.Add("runs", runs.Count);
        json.Add("method", runs[0].Chosen.Method);
        json.Add("fields_before", runs[0].Fields.Count);
        json.Add("fields_after", runs[0].Package.Tables.Count(table => table.RowCount > 0));
        json.Add("bytes_before", runs[0].BytesBefore);
        json.Add("bytes_after", runs[0].BytesAfter);
        json.Add("bytes_ratio", Ratios(runs).Average());
        json.Add("memory_before", serving.MemoryBefore);
        json.Add("memory_after", serving.MemoryAfter);
        json.Add("http_memory_mb", serving.MemoryMb);
        json.Add("auc_before", runs.Average(run => run.Before.Auc));
        json.Add("auc_drop", Drops(runs).Average());
        json.Add("auc_drop_deviation", SelectionSummary.DeviationOf([.. Drops(runs)]));
        json.Add("auc_drop_standard_error", runs.Average(run => run.Drop.StandardError));
        foreach ((string name, PairedFigures figures) in Figures(serving))
        {
            json.Add($"{name}_before", figures.Before);
            json.Add($"{name}_after", figures.After);
            json.Add($"{name}_ratio", figures.Ratio());
            json.Add($"{name}_ratio_lower_quartile", figures.Ratio(0.25));
            json.Add($"{name}_ratio_upper_quartile", figures.Ratio(0.75));
        }

        json.Add("shark_bytes_saved", SharkBytesSaved);
        json.Add("bytes_saved", 1 - Ratios(runs).Average());
        json.Add("shark_throughput_gain", SharkThroughput);
        json.Add("throughput_gain", serving.HttpPerSecond.Ratio() - 1);
        json.Add("cpu_gain", (1 / serving.HttpCpuMs.Ratio()) - 1);
    });

    public static void WriteText(IReadOnlyList<CompressionResult> runs, ServingFigures serving, TextWriter output)
    {
        foreach (CompressionResult run in runs)
            output.WriteLine(Text($"{run.Chosen.Method}: {(double)run.BytesAfter / run.BytesBefore:P1} of {run.BytesBefore:N0} bytes, AUC {run.Before.Auc:F5} before, drop {run.Drop.Drop:F5} ± {run.Drop.StandardError:F5}{(run.Removed.Count > 0 ? $"; removed {string.Join(", ", run.Removed)}" : "")}"));
        output.WriteLine(Text($"tables in memory  {serving.MemoryBefore:N0} bytes before, {serving.MemoryAfter:N0} after, keys included{(serving.MemoryMb == 0 ? "" : Text($"; over HTTP {serving.MemoryMb} MiB each, the rest on disk"))}"));
        foreach ((string name, PairedFigures figures) in Figures(serving))
            output.WriteLine(Text($"{name,-16}  {figures.Before:F1} before, {figures.After:F1} after; ratio {figures.Ratio():F3}, half of the {figures.Count} turns from {figures.Ratio(0.25):F3} to {figures.Ratio(0.75):F3}"));
        output.WriteLine($"{"",-16}  {"bytes saved",12}  {"throughput",12}  AUC change");
        output.WriteLine(Text($"{"SHARK, reported",-16}  {SharkBytesSaved,12:P0}  {$"+{SharkThroughput:P0}",12}  none"));
        string gain = serving.HttpPerSecond.Count == 0 ? "-" : Text($"{serving.HttpPerSecond.Ratio() - 1:+0%;-0%}");
        output.WriteLine(Text($"{"here, measured",-16}  {1 - Ratios(runs).Average(),12:P0}  {gain,12}  {-Drops(runs).Average():F5} ± {SelectionSummary.DeviationOf([.. Drops(runs)]):F5} over {runs.Count} trainings"));
    }

    private static IEnumerable<(string Name, PairedFigures Figures)> Figures(ServingFigures serving)
    {
        yield return ("gather_us", serving.GatherUs);
        yield return ("score_us", serving.ScoreUs);
        if (serving.HttpPerSecond.Count == 0)
            yield break;
        yield return ("http_per_second", serving.HttpPerSecond);
        yield return ("http_cpu_ms", serving.HttpCpuMs);
    }

    private static IEnumerable<double> Ratios(IReadOnlyList<CompressionResult> runs) => runs.Select(run => (double)run.BytesAfter / run.BytesBefore);

    private static IEnumerable<double> Drops(IReadOnlyList<CompressionResult> runs) => runs.Select(run => run.Drop.Drop);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
