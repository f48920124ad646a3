using System.Text.Json;
using RecServe.Kernels;

namespace RecServe.Cli.Bench;

/// <summary>How <c>bench score</c> tells its figures.</summary>
internal static class ScoreReport
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>One JSON object; a ratio above 1 says how many times as long the other took.</summary>
    public static string ToJson(ScoreBenchOptions options, ScoreBenchResult result) => JsonSerializer.Serialize(
        new
        {
            options.Model,
            options.Candidates,
            options.UserFields,
            options.ItemFields,
            options.Dim,
            options.Threads,
            options.Items,
            options.Skew,
            Kernel = KernelSelection.Name,
            Peer = result.PeerName,
            Sides = result.Sides.Select(side => new
            {
                side.Name,
                MedianUs = Math.Round(side.Median, 1),
                LeastUs = Math.Round(side.Least, 1),
                side.MaxDifference,
                RankCorrelation = Math.Round(side.RankCorrelation, 7),
                side.Class,
            }),
            Ratios = Ratios(result, side => side.Median).ToDictionary(pair => pair.Name, pair => Math.Round(pair.Value, 2)),
            RatiosOfLeast = Ratios(result, side => side.Least).ToDictionary(pair => pair.Name, pair => Math.Round(pair.Value, 2)),
            ReturningPercent = options.Returning,
            KeptUsers = result.Kept is not { } kept ? null : new
            {
                HitRate = Math.Round(HitRate(kept.Hits, kept.Misses), 3),
                kept.BytesPerUser,
                kept.Bytes,
            },
            KeptItems = result.Items is not { } items ? null : new
            {
                HitRate = Math.Round(result.ItemHitRate, 4),
                items.BytesPerItem,
                items.Bytes,
            },
            ExpertLoads = result.Loads.Count == 0 ? null : result.Loads.Select(load => Math.Round(load, 4)),
            PeakGflops = Math.Round(result.PeakGflops, 1),
            Gemm = result.Gemm.Select(layer => new
            {
                Shape = $"{layer.Rows}x{layer.Inputs}x{layer.Outputs}",
                Gflops = Math.Round(layer.Gflops, 1),
                PeakGflops = Math.Round(layer.PeakGflops, 1),
                ShareOfPeak = Math.Round(layer.ShareOfPeak, 3),
                ShareOfHighestPeak = Math.Round(layer.Gflops / result.PeakGflops, 3),
                WeightGigabytesPerSecond = Math.Round(layer.WeightGigabytes, 1),
                ReadGigabytesPerSecond = Math.Round(layer.ReadGigabytes, 1),
                Int16Ratio = Math.Round(layer.Int16Ratio, 2),
            }),
        },
        Layout);

    /// <summary>The same for people.</summary>
    public static void WriteText(ScoreBenchOptions options, ScoreBenchResult result, TextWriter output)
    {
        output.WriteLine($"{options.Model}, {options.Candidates:N0} candidates, {options.UserFields} + {options.ItemFields} fields of {options.Dim}, {options.Threads} thread(s), {KernelSelection.Name}"
            + (result.PeerName is null ? "" : $", {result.PeerName}"));
        foreach (ScoreSide side in result.Sides)
            output.WriteLine($"{side.Name,-14} {side.Median,9:0.0} µs a request, at least {side.Least:0.0}   largest difference {side.MaxDifference:0.0e+0}   {side.Class}");
        foreach (((string name, double value), (_, double least)) in Ratios(result, side => side.Median).Zip(Ratios(result, side => side.Least)))
            output.WriteLine($"{name,-28} {value:0.00}, of the fastest requests {least:0.00}");
        if (result.Kept is { } kept)
            output.WriteLine($"kept users: {HitRate(kept.Hits, kept.Misses):0.000} of the requests found theirs, {kept.BytesPerUser:N0} bytes a user, {kept.Bytes:N0} in all");
        if (result.Items is { } items)
            output.WriteLine($"kept items: {result.ItemHitRate:0.000} of the candidates found theirs, {items.BytesPerItem:N0} bytes an item, {items.Bytes:N0} in all");
        if (result.Loads.Count > 0)
            output.WriteLine($"share of the rows that each expert was asked for: {string.Join(" ", result.Loads.Select(load => $"{load:0.000}"))}");
        output.WriteLine($"multiply-adds in registers: {result.PeakGflops:0} Gflop/s in the best third of a millisecond");
        foreach (GemmShare layer in result.Gemm)
            output.WriteLine($"{layer.Rows} x {layer.Inputs} x {layer.Outputs}: {layer.Gflops:0} Gflop/s, {layer.ShareOfPeak:0.00} of multiply-adds in registers for as long ({layer.Gflops / result.PeakGflops:0.00} of the best), {layer.WeightGigabytes:0} GB/s of weights (reading alone {layer.ReadGigabytes:0})" + (layer.Int16Ratio > 0 ? $"; {layer.Int16Ratio:0.00} times as fast in 16-bit integers" : ""));
    }

    private static double HitRate(long hits, long misses) => hits / Math.Max(1.0, hits + misses);

    private static IEnumerable<(string Name, double Value)> Ratios(ScoreBenchResult result, Func<ScoreSide, double> time)
    {
        ScoreSide plain = result.Side("plain")!;
        ScoreSide? peer = result.Side("onnxruntime"), peerFolded = result.Side("onnxruntime_folded");
        foreach (ScoreSide side in result.Sides)
        {
            if (side == peer || side == peerFolded)
                continue;
            if (side != plain)
                yield return ($"{side.Name}_over_plain", time(plain) / time(side));
            if (peer is not null)
                yield return ($"{side.Name}_over_onnxruntime", time(peer) / time(side));
        }

        if (peerFolded is not null)
            yield return ("candidates_over_onnxruntime_folded", time(peerFolded) / time(result.Side("candidates")!));
    }
}
