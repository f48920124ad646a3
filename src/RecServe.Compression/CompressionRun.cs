using System.Globalization;
using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Importance;
using RecServe.Compression.Measures;
using RecServe.Compression.Networks;
using RecServe.Compression.Quantization;
using RecServe.Kernels;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression;

/// <summary>One run of <see cref="Compressor"/>: measure the curve, build candidates, choose on the tuning samples, judge on the holdout.</summary>
internal sealed partial class CompressionRun
{
    private const double RatioTolerance = 1e-9;
    private static readonly double[] Ladder = [0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75];
    private readonly ModelPackage _source, _start;
    private readonly CompressionData _data;
    private readonly CompressionOptions _options;
    private readonly ThreadTeam _team;
    private readonly IProgress<CompressionProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly List<CompressionPoint> _points = [];
    private readonly long _bytes;
    private readonly float[] _tuneLogits, _holdoutLogits;
    private readonly Lazy<Base> _plain, _pruned, _gated;

    public CompressionRun(ModelPackage source, CompressionData data, CompressionOptions options, ThreadTeam team,
        IProgress<CompressionProgress>? progress, CancellationToken cancellation)
    {
        (_source, _data, _options, _team, _progress, _cancellation) = (source, data, options, team, progress, cancellation);
        _bytes = source.Tables.Sum(table => table.RowBytes);
        Report("measuring the package", 0);
        _tuneLogits = Evaluator.Logits(source, data.Tune, options.Threads);
        _holdoutLogits = Evaluator.Logits(source, data.Holdout, options.Threads);
        Report("measuring the package", 1, $"AUC {RocCurve.Auc(_tuneLogits, data.Tune.Labels, data.Tune.Weights):F4} on the tuning samples");
        _start = options.CutDims is { } share ? Cut(share) : source;
        _plain = new Lazy<Base>(() => Prepare(_start));
        _pruned = new Lazy<Base>(() => Prepare(Prune()));
        _gated = new Lazy<Base>(() => Prepare(Gate()));
    }

    public CompressionResult Execute()
    {
        PackageNetwork network = _plain.Value.Network;
        Dataset tune = network.Bind(_data.Tune);
        Report("ranking fields", 0);
        double[] importance = FPermutation.Importance(network, tune, _cancellation);
        IReadOnlyList<PermutedLoss> exact = _options.PermutationRepeats > 0
            ? PermutationImportance.Measure(network, tune, _options.PermutationRepeats, _options.Finetune.Seed, _cancellation) : [];
        Report("ranking fields", 1);
        MeasureCurve();
        Candidate chosen = _options.Budget is { } budget ? ForBudget(budget) : ForDrop(_options.MaxAucDrop!.Value);
        float[] after = LogitsOf(chosen.Package, _data.Holdout);
        return new CompressionResult
        {
            Package = chosen.Package,
            Chosen = chosen.Point,
            Points = _points,
            Front = _plain.Value.Searched.Front(200),
            Before = Metrics(_holdoutLogits),
            After = Metrics(after),
            Drop = PairedAuc.Of(_holdoutLogits, after, _data.Holdout.Labels),
            BytesBefore = _bytes,
            Fields = [.. _source.Fields.Select(field => field.Name)],
            Importance = importance,
            Exact = exact,
            Removed = [.. _source.Tables.Where(table => table.RowCount > 0 && !chosen.Package.Tables.Any(left => left.Name == table.Name && left.RowCount > 0)).Select(table => table.Name)],
            LogitsBefore = _holdoutLogits,
            LogitsAfter = after,
            Labels = _data.Holdout.Labels,
        };
    }

    /// <summary>The best candidate within a budget; with a largest drop too, one that keeps to it.</summary>
    private Candidate ForBudget(double budget)
    {
        Candidate best = Best((long)Math.Floor(budget * _bytes * (1 + RatioTolerance)))
            ?? throw new CompressionException(Text($"no candidate of method {MethodNames.Of(_options.Method)} fits into {budget:P0} of {_bytes:N0} bytes; {Smallest()}"));
        if (_options.MaxAucDrop is { } limit && Judged(best) is var drop && drop.UpperBound > limit)
            throw new CompressionException(Text($"at {budget:P0} of the bytes the AUC falls by {drop.Drop:F5} ± {drop.StandardError:F5} on samples that were not tuned on, and --max-auc-drop is {limit:0.#####}: give a larger budget or allow a larger drop"));
        return best;
    }

    /// <summary>
    /// The smallest candidate whose AUC falls by no more than a limit: its upper bound on the tuning samples chooses it, its upper bound on the
    /// holdout may refuse it, and then the next larger one is taken. The last is the source itself.
    /// </summary>
    private Candidate ForDrop(double limit)
    {
        foreach (double budget in Ladder)
        {
            Candidate? candidate = Best((long)(budget * _bytes));
            if (candidate is not null && candidate.Point.Drop.UpperBound <= limit && Judged(candidate).UpperBound <= limit)
                return candidate;
        }

        return new Candidate(_source, Point("fp32", false, _source, _tuneLogits));
    }

    private string Smallest() => _options.Method switch
    {
        CompressionMethod.UniformInt8 or CompressionMethod.UniformInt4 =>
            $"uniform formats have one size, here {_points.Where(p => p.Method == MethodNames.Of(_options.Method)).Min(p => p.Ratio).ToString("P1", CultureInfo.InvariantCulture)}",
        _ => "give a larger budget",
    };

    private PairedAuc Judged(Candidate candidate) => PairedAuc.Of(_holdoutLogits, LogitsOf(candidate.Package, _data.Holdout), _data.Holdout.Labels);

    private float[] LogitsOf(ModelPackage package, Dataset data) => Evaluator.Logits(package, Reencoding.Of(data, _source, package), _options.Threads);

    private EvaluationMetrics Metrics(float[] logits) => EvaluationMetrics.Compute(logits, _data.Holdout.Labels, _data.Holdout.Weights, _data.Holdout.Users);

    private CompressionPoint Point(string method, bool finetuned, ModelPackage package, float[] tune)
    {
        long bytes = package.Tables.Sum(table => table.RowBytes);
        var point = new CompressionPoint(method, finetuned, package.Tables.Count(table => table.RowCount > 0), bytes, (double)bytes / _bytes,
            RocCurve.Auc(tune, _data.Tune.Labels, _data.Tune.Weights), Probabilities.LogLoss(tune, _data.Tune.Labels, _data.Tune.Weights),
            PairedAuc.Of(_tuneLogits, tune, _data.Tune.Labels));
        _points.Add(point);
        return point;
    }

    private void Report(string stage, double fraction, FormattableString? detail = null)
    {
        _cancellation.ThrowIfCancellationRequested();
        _progress?.Report(new CompressionProgress(stage, fraction, detail is null ? "" : Text(detail)));
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Candidate(ModelPackage Package, CompressionPoint Point);

    /// <summary>A package whose rows are to be quantized, with what is known of them.</summary>
    private sealed record Base(ModelPackage Package, PackageNetwork Network, Dataset Train, BitAllocation Searched, BitAllocation Nearest, double[][] Priorities);
}
