using RecServe.Compression.Networks;
using RecServe.Kernels;

namespace RecServe.Compression.Quantization;

/// <summary>F-Quantization's tiers: three precisions, the rows of highest priority in the highest.</summary>
public static class PrecisionTiers
{
    private static readonly RowPrecision?[] Ladder = [RowPrecision.Fp32, RowPrecision.Fp16, RowPrecision.Int8Compact, RowPrecision.Int4, RowPrecision.Int2, null];

    /// <summary>Tiers by fixed thresholds: int8 below the first, fp32 from the second on, fp16 between.</summary>
    /// <param name="network">The model.</param>
    /// <param name="priorities">For each table, one priority a row.</param>
    /// <param name="fp16From">Lowest priority of fp16.</param>
    /// <param name="fp32From">Lowest priority of fp32.</param>
    public static RowPlan ByThresholds(PackageNetwork network, IReadOnlyList<double[]> priorities, double fp16From, double fp32From) => RowPlan.Of(
        network,
        [.. network.Vocabularies.Select((keys, f) => Enumerable.Range(0, keys.Keys.Length).Select(row => (RowPrecision?)(
            priorities[f][row] >= fp32From ? RowPrecision.Fp32 : priorities[f][row] >= fp16From ? RowPrecision.Fp16 : RowPrecision.Int8Compact)).ToArray())]);

    /// <summary>
    /// Tiers under a budget. The lowest tier is the most precise format that all rows fit into the budget with; half of what is left raises rows by one
    /// tier, the other half the first of those by one more, and what that leaves further rows by one, all by falling priority.
    /// </summary>
    /// <param name="network">The model.</param>
    /// <param name="priorities">For each table, one priority a row.</param>
    /// <param name="budget">Bytes of all rows.</param>
    /// <param name="previous">Tiers so far, or null: a row that stands above the lowest tier counts as <paramref name="hysteresis"/> more important than it is.</param>
    /// <param name="hysteresis">0.1 keeps a row in its tier while its priority is within 10 % of the border.</param>
    public static RowPlan ByBudget(PackageNetwork network, IReadOnlyList<double[]> priorities, long budget, RowPlan? previous = null, double hysteresis = 0.1)
    {
        int[] widths = [.. network.Network.Shape.Fields.Select(field => field.Width)];
        int[] rows = [.. network.Vocabularies.Select(keys => keys.Keys.Length)];
        int[] unknown = [.. network.Vocabularies.Select(keys => keys.UnknownRow)];
        long All(RowPrecision? precision) => rows.Select((count, f) => (long)(count - (unknown[f] < 0 ? 0 : 1)) * Bytes(precision, widths[f])).Sum();
        int low = Array.FindIndex(Ladder, precision => All(precision) <= budget);
        RowPrecision?[][] tables = [.. rows.Select(count => Enumerable.Repeat(Ladder[low], count).ToArray())];
        (int Field, int Row)[] order = [.. rows.SelectMany((count, f) => Enumerable.Range(0, count).Where(row => row != unknown[f]).Select(row => (f, row)))
            .OrderByDescending(at => Effective(priorities, previous, at, Ladder[low], hysteresis, widths)).ThenBy(at => at)];
        long left = budget - All(Ladder[low]);
        foreach ((int rise, long portion) in (ReadOnlySpan<(int, long)>)[(1, left / 2), (2, left), (1, left)])
        {
            if (low - rise < 0)
                continue;
            long share = Math.Min(portion, left);
            foreach ((int field, int row) in order)
            {
                if (tables[field][row] != Ladder[low - rise + 1])
                    continue;
                long cost = Bytes(Ladder[low - rise], widths[field]) - Bytes(tables[field][row], widths[field]);
                if (cost > share)
                    break;
                tables[field][row] = Ladder[low - rise];
                share -= cost;
                left -= cost;
            }
        }

        return RowPlan.Of(network, tables);
    }

    private static double Effective(IReadOnlyList<double[]> priorities, RowPlan? previous, (int Field, int Row) at, RowPrecision? low, double hysteresis, int[] widths)
    {
        double priority = priorities[at.Field][at.Row];
        return previous is not null && Bytes(previous.Tables[at.Field][at.Row], widths[at.Field]) > Bytes(low, widths[at.Field]) ? priority * (1 + hysteresis) : priority;
    }

    private static int Bytes(RowPrecision? precision, int width) => precision is { } stored ? RowCodec.RowBytes(stored, width) : 0;
}
