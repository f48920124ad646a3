using RecServe.Training.Metrics;

namespace RecServe.Compression.Reports;

internal static partial class CompressionPage
{
    private const int MostFields = 40;

    private static SvgChart Curve(CompressionResult result)
    {
        CompressionPoint[] points = [.. result.Points.Where(point => double.IsFinite(point.Auc) && point.Ratio <= 0.55)];
        double high = points.Max(point => point.Auc), low = points.Where(point => !point.Method.EndsWith("tiers", StringComparison.Ordinal) && point.Method != "shark").Select(point => point.Auc).DefaultIfEmpty(high).Min();
        var chart = new SvgChart((0, 0.55), (low - ((high - low) * 0.05), high + ((high - low) * 0.05)), "share of the rows' bytes", "AUC");
        int colour = 0;
        foreach (IGrouping<string, CompressionPoint> method in points.GroupBy(point => point.Method + (point.Finetuned ? ", finetuned" : "")))
        {
            (double, double)[] line = [.. method.Where(point => point.Auc >= low - ((high - low) * 0.05)).OrderBy(point => point.Ratio).Select(point => (point.Ratio, point.Auc))];
            chart.Line(line, colour++ % ReportPage.Colours.Length, method.Key, dashed: method.First().Finetuned);
        }

        return chart;
    }

    private static SvgChart Front(CompressionResult result)
    {
        (double, double)[] front = [.. result.Front.Where(point => point.Bytes >= 0.05 * result.BytesBefore).Select(point => ((double)point.Bytes / result.BytesBefore, point.Loss))];
        var chart = new SvgChart((0, 1), (0, front.Length > 0 ? front.Max(point => point.Item2) : 1), "share of the rows' bytes", "expected rise, nats");
        chart.Line(front, 0, "bit allocation", dots: false);
        return chart;
    }

    private static SvgChart Importance(CompressionResult result)
    {
        int[] order = [.. Enumerable.Range(0, result.Fields.Count).OrderByDescending(f => result.Importance[f]).Take(MostFields)];
        double most = order.Select(f => Math.Max(result.Importance[f], f < result.Exact.Count ? result.Exact[f].LogLoss : 0)).DefaultIfEmpty(1).Max();
        string names = order.Length <= 8 ? string.Join(", ", order.Select(f => result.Fields[f])) : "fields by falling importance";
        var chart = new SvgChart((0, Math.Max(1, order.Length)), (0, most * 1.05), names, "nats of logloss");
        for (int i = 0; i < order.Length; i++)
        {
            bool removed = result.Removed.Contains(result.Fields[order[i]]);
            chart.Bar(i + 0.15, i + 0.85, result.Importance[order[i]], removed ? 4 : 0, i == 0 ? "F-Permutation" : null);
        }

        for (int i = 0; i < order.Length && result.Exact.Count > 0; i++)
            chart.Dot(i + 0.5, Math.Max(0, result.Exact[order[i]].LogLoss), 1, i == 0 ? "exact permutation" : null, 4);
        return chart;
    }

    private static SvgChart Bytes(CompressionResult result)
    {
        Artifacts.PackageTable[] tables = [.. result.Package.Tables.OrderByDescending(table => table.RowBytes).Take(MostFields)];
        string[] formats = [.. Artifacts.PackageRowFormat.All.Select(format => format.Name)];
        string names = tables.Length <= 8 ? string.Join(", ", tables.Select(table => table.Name)) : "tables by falling bytes";
        var chart = new SvgChart((0, Math.Max(1, tables.Length)), (0, tables.Select(table => (double)table.RowBytes).DefaultIfEmpty(1).Max() * 1.05), names, "bytes");
        var named = new HashSet<string>();
        for (int i = 0; i < tables.Length; i++)
        {
            double floor = 0;
            foreach ((string format, _, long bytes) in CompressionReport.Formats(tables[i]))
            {
                chart.Bar(i + 0.15, i + 0.85, floor + bytes, Array.IndexOf(formats, format), named.Add(format) ? format : null, floor);
                floor += bytes;
            }
        }

        return chart;
    }

    private static SvgChart Drift(CompressionResult result)
    {
        double[] changes = [.. result.LogitsBefore.Zip(result.LogitsAfter, (before, after) => (double)after - before).Order()];
        double reach = Math.Max(1e-6, Math.Max(Math.Abs(changes[(int)(changes.Length * 0.005)]), Math.Abs(changes[(int)(changes.Length * 0.995)])));
        const int bins = 41;
        var counts = new int[bins];
        foreach (double change in changes)
            counts[Math.Clamp((int)((change + reach) / (2 * reach) * bins), 0, bins - 1)]++;
        double mean = changes.Average(Math.Abs), tail = changes.Select(Math.Abs).Order().ElementAt((int)(changes.Length * 0.99));
        var chart = new SvgChart((-reach, reach), (0, counts.Max() * 1.05), "logit after minus before", "samples");
        for (int i = 0; i < bins; i++)
            chart.Bar(-reach + (2 * reach * i / bins), -reach + (2 * reach * (i + 0.92) / bins), counts[i], 0, i == 0 ? Text($"mean |change| {mean:G3}, 99 % below {tail:G3}") : null);
        return chart;
    }

    private static SvgChart Reliability(CompressionResult result)
    {
        var chart = new SvgChart((0, 1), (0, 1), "mean prediction of a bin", "share of positives");
        chart.Line([(0, 0), (1, 1)], 4, "perfect", dots: false, dashed: true);
        chart.Line(Bins(result.LogitsBefore, result.Labels), 0, "before");
        chart.Line(Bins(result.LogitsAfter, result.Labels), 1, "after");
        return chart;
    }

    /// <summary>Mean prediction and share of positives of 20 bins of equal width; bins of fewer than 20 samples are noise and left out.</summary>
    private static (double, double)[] Bins(float[] logits, float[] labels)
    {
        var sums = new (double Prediction, double Label, int Count)[Probabilities.Bins];
        for (int s = 0; s < logits.Length; s++)
        {
            double p = Probabilities.Sigmoid(logits[s]);
            ref (double Prediction, double Label, int Count) bin = ref sums[Math.Min(Probabilities.Bins - 1, (int)(p * Probabilities.Bins))];
            bin = (bin.Prediction + p, bin.Label + labels[s], bin.Count + 1);
        }

        return [.. sums.Where(bin => bin.Count >= 20).Select(bin => (bin.Prediction / bin.Count, bin.Label / bin.Count))];
    }
}
