using RecServe.Compression.Networks;
using RecServe.Kernels;
using RecServe.Training.Networks;

namespace RecServe.Compression.Quantization;

/// <summary>
/// The precision of every row under one budget of bytes (the idea of HAWQ-V2, arXiv 1911.03852, on rows): minimises Σ ½ F·Δ², F the Fisher
/// information of a number and Δ its quantization error, by a Lagrange multiplier. A row's choices are reduced to their convex hull over bytes; the
/// hulls' steps, taken by falling gain a byte, are the optimum of every multiplier at once: the whole front of bytes against expected loss.
/// </summary>
public sealed class BitAllocation
{
    private static readonly RowPrecision[] Precisions =
        [RowPrecision.Int2, RowPrecision.Int4, RowPrecision.Int8Compact, RowPrecision.Int8, RowPrecision.Fp16, RowPrecision.Fp32];

    private readonly RowPlan _least;
    private readonly List<Step> _steps;
    private readonly double _leastLoss;

    private BitAllocation(RowPlan least, double leastLoss, List<Step> steps) => (_least, _leastLoss, _steps) = (least, leastLoss, steps);

    /// <summary>Measures the quantization errors of all rows at all precisions.</summary>
    /// <param name="network">The model.</param>
    /// <param name="statistics">Its rows' Fisher information, from training samples.</param>
    /// <param name="rounding">How rows will be rounded.</param>
    /// <param name="team">Threads that measure.</param>
    /// <param name="prior">
    /// Look-ups that every row gets beside those counted, each as sensitive as the table's mean: a row that the samples lack is not worth nothing.
    /// </param>
    public static BitAllocation Create(PackageNetwork network, RowStatistics statistics, RowRounding rounding, ThreadTeam team, double prior = 1)
    {
        IReadOnlyList<FieldShape> fields = network.Network.Shape.Fields;
        var hulls = new List<Step>[fields.Count][];
        double[][] baseLoss = [.. fields.Select((_, f) => new double[network.Vocabularies[f].Keys.Length])];
        for (int f = 0; f < fields.Count; f++)
        {
            int field = f, rows = network.Vocabularies[f].Keys.Length;
            hulls[f] = new List<Step>[rows];
            double[] typical = Typical(statistics, f, fields[f].Width, prior);
            team.Run((rows + 255) / 256, chunk =>
            {
                for (int row = chunk * 256; row < Math.Min(rows, (chunk + 1) * 256); row++)
                    hulls[field][row] = Hull(network, field, row, statistics.Fisher[field], typical, rounding, out baseLoss[field][row]);
            });
        }

        var least = new RowPlan([.. fields.Select(field => field.Width)], [.. hulls.Select(table => new RowPrecision?[table.Length])]);
        List<Step> steps = [.. hulls.SelectMany(table => table.SelectMany(row => row))];
        steps.Sort((a, b) => b.Gain != a.Gain ? b.Gain.CompareTo(a.Gain) : a.Field != b.Field ? a.Field - b.Field : a.Row != b.Row ? a.Row - b.Row : a.Bytes - b.Bytes);
        return new BitAllocation(least, baseLoss.Sum(table => table.Sum()), steps);
    }

    /// <summary>The plan that loses least among those of at most <paramref name="budget"/> bytes, up to one row's step.</summary>
    public RowPlan At(long budget)
    {
        RowPrecision?[][] tables = [.. _least.Tables.Select(rows => (RowPrecision?[])rows.Clone())];
        var blocked = new HashSet<(int, int)>();
        long bytes = 0;
        foreach (Step step in _steps)
        {
            // A row whose step does not fit keeps its precision; cheaper steps of other rows may still fit into what is left.
            if (bytes + step.Bytes > budget)
                blocked.Add((step.Field, step.Row));
            if (blocked.Count > 4096)
                break;
            if (blocked.Count > 0 && blocked.Contains((step.Field, step.Row)))
                continue;
            bytes += step.Bytes;
            tables[step.Field][step.Row] = step.To;
        }

        return new RowPlan(_least.Widths, tables);
    }

    /// <summary>The front: bytes and expected rise of the mean logloss (nats), from everything dropped to everything exact.</summary>
    /// <param name="points">Most points given, at even distances along the front; at least 2.</param>
    public IReadOnlyList<(long Bytes, double Loss)> Front(int points)
    {
        var front = new List<(long, double)> { (0, _leastLoss) };
        long bytes = 0;
        double loss = _leastLoss;
        int every = Math.Max(1, _steps.Count / Math.Max(1, points - 1));
        for (int i = 0; i < _steps.Count; i++)
        {
            bytes += _steps[i].Bytes;
            loss -= _steps[i].Gain * _steps[i].Bytes;
            if ((i + 1) % every == 0 || i == _steps.Count - 1)
                front.Add((bytes, Math.Max(0, loss)));
        }

        return front;
    }

    private static double[] Typical(RowStatistics statistics, int field, int width, double prior)
    {
        var mean = new double[width];
        double lookups = statistics.Lookups[field].Sum();
        for (int i = 0; lookups > 0 && i < statistics.Fisher[field].Length; i++)
            mean[i % width] += prior * statistics.Fisher[field][i] / lookups;
        return mean;
    }

    private static List<Step> Hull(PackageNetwork network, int field, int row, double[] fisher, double[] typical, RowRounding rounding, out double dropLoss)
    {
        int width = typical.Length;
        ReadOnlySpan<float> table = network.TableOf(field), values = table.Slice(row * width, width);
        Span<float> decoded = stackalloc float[width];
        double Loss(ReadOnlySpan<float> exact, ReadOnlySpan<float> stored)
        {
            double sum = 0;
            for (int i = 0; i < exact.Length; i++)
            {
                double error = (double)stored[i] - exact[i];
                sum += (fisher[(row * width) + i] + typical[i]) * error * error;
            }

            return sum / 2;
        }

        var choices = new List<(RowPrecision? Precision, int Bytes, double Loss)>
        {
            (null, 0, dropLoss = Loss(values, table.Slice(QuantizedRows.Fallback(network, field, row) * width, width))),
        };
        foreach (RowPrecision precision in Precisions)
        {
            if (RowEncoding.TryRoundTrip(precision, rounding, values, decoded))
                choices.Add((precision, RowCodec.RowBytes(precision, width), Loss(values, decoded)));
        }

        return Steps(choices, field, row);
    }

    /// <summary>Lower convex hull by bytes: from each point the choice with the steepest fall of loss a byte.</summary>
    private static List<Step> Steps(List<(RowPrecision? Precision, int Bytes, double Loss)> choices, int field, int row)
    {
        var steps = new List<Step>();
        (RowPrecision? Precision, int Bytes, double Loss) at = choices[0];
        while (true)
        {
            (RowPrecision? Precision, int Bytes, double Loss) best = at;
            double gain = 0;
            foreach ((RowPrecision? Precision, int Bytes, double Loss) choice in choices)
            {
                double slope = choice.Bytes > at.Bytes ? (at.Loss - choice.Loss) / (choice.Bytes - at.Bytes) : 0;
                if (slope > gain || (slope == gain && slope > 0 && choice.Bytes > best.Bytes))
                    (best, gain) = (choice, slope);
            }

            if (gain <= 0)
                return steps;
            steps.Add(new Step(field, row, best.Precision!.Value, best.Bytes - at.Bytes, gain));
            at = best;
        }
    }

    private readonly record struct Step(int Field, int Row, RowPrecision To, int Bytes, double Gain);
}
