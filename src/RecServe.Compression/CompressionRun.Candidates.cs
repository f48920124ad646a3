using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Gates;
using RecServe.Compression.Networks;
using RecServe.Compression.Pruning;
using RecServe.Compression.Quantization;
using RecServe.Kernels;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression;

internal sealed partial class CompressionRun
{
    /// <summary>Fields go as long as the tuning AUC falls by no more than this in all where no limit is given: the seed noise of small data is larger.</summary>
    private const double PruningDrop = 2e-4;

    /// <summary>λ of gates that are tried, in nats; the largest that costs nothing is used.</summary>
    private static readonly double[] Penalties = [1e-2, 3e-3, 1e-3, 3e-4];

    private delegate RowPlan Planner(Base from, bool finetune);

    private Base Prepare(ModelPackage package)
    {
        Report("measuring rows", 0);
        var network = new PackageNetwork(package, Math.Max(1, Math.Min(_options.Finetune.BatchSize, _data.Train.Samples)), _team);
        Dataset train = network.Bind(Reencoding.Of(_data.Train, _source, package));
        RowStatistics statistics = RowStatistics.Collect(network, train, _cancellation);
        var priority = new RowPriority(RowPriority.PositiveWeightOf(train.Labels.Average()));
        Report("measuring rows", 0.5);
        var known = new Base(package, network, train, BitAllocation.Create(network, statistics, RowRounding.Searched, _team),
            BitAllocation.Create(network, statistics, RowRounding.Nearest, _team),
            [.. network.Network.Shape.Fields.Select((field, f) => priority.Of(train.Columns[f], train.Labels, field.Rows))]);
        Report("measuring rows", 1, $"{package.Tables.Sum(table => (long)table.RowCount):N0} rows");
        return known;
    }

    private ModelPackage Cut(double share)
    {
        Report("cutting dims", 0);
        ModelPackage cut = DimensionCut.Run(_source, _data.Train, share, _team);
        Report("cutting dims", 1, $"{_source.Fields.Sum(field => field.Dim)} numbers a sample become {cut.Fields.Sum(field => field.Dim)}");
        return cut;
    }

    private ModelPackage Prune()
    {
        var options = new PruneOptions { KeepFields = 1, MaxAucDrop = Math.Min(PruningDrop, (_options.MaxAucDrop ?? PruningDrop) / 2), Finetune = _options.Finetune with { Epochs = Math.Min(1, _options.Finetune.Epochs) } };
        Report("pruning fields", 0);
        (ModelPackage package, IReadOnlyList<PruneStep> steps) = FieldPruning.Run(_start, _data.Train, _data.Tune, options, _team, null, _cancellation);
        Report("pruning fields", 1, $"{steps.Count} of {_source.Fields.Count} removed");
        return package;
    }

    /// <summary>Gates at falling penalties until what they leave scores as the source does; the source where none does or none closes.</summary>
    private ModelPackage Gate()
    {
        double before = RocCurve.Auc(_tuneLogits, _data.Tune.Labels, _data.Tune.Weights), limit = Math.Min(PruningDrop, (_options.MaxAucDrop ?? PruningDrop) / 2);
        for (int i = 0; i < Penalties.Length; i++)
        {
            Report("learning gates", (double)i / Penalties.Length);
            var options = new GateOptions { Lambda = Penalties[i] };
            GateResult result = FieldGates.Train(_start, _data.Train, options with { Finetune = options.Finetune with { BatchSize = _options.Finetune.BatchSize, EmbeddingL2 = _options.Finetune.EmbeddingL2, Seed = _options.Finetune.Seed } }, _team, _cancellation);
            int closed = _source.Fields.Count - result.Package.Fields.Count;
            double after = closed == 0 ? before : RocCurve.Auc(LogitsOf(result.Package, _data.Tune), _data.Tune.Labels, _data.Tune.Weights);
            if (before - after > limit)
                continue;
            Report("learning gates", 1, $"{closed} of {_source.Fields.Count} closed");
            return closed == 0 ? _start : result.Package;
        }

        Report("learning gates", 1, $"none can close within {limit} of the AUC");
        return _start;
    }

    /// <summary>Every method at every budget, rows quantized once: the curves of the report.</summary>
    private void MeasureCurve()
    {
        var random = new SeededRandom(_options.Finetune.Seed);
        double[][] chance = [.. _plain.Value.Priorities.Select(rows => rows.Select(_ => random.NextDouble()).ToArray())];
        int done = 0, all = (3 * Compressor.Budgets.Count) + 3;
        void Add(string method, RowPlan plan)
        {
            Candidate candidate = Once(method, _plain.Value, plan);
            Report("measuring the curve", (double)++done / all, $"{method} at {candidate.Point.Ratio:P1}: AUC {candidate.Point.Auc:F5}");
        }

        Add("fp16", RowPlan.Uniform(_plain.Value.Network, RowPrecision.Fp16));
        Add("uniform-int8", RowPlan.Uniform(_plain.Value.Network, RowPrecision.Int8Compact));
        Add("uniform-int4", RowPlan.Uniform(_plain.Value.Network, RowPrecision.Int4));
        foreach (double budget in Compressor.Budgets)
        {
            long bytes = (long)(budget * _bytes);
            Add("hawq", _plain.Value.Searched.At(bytes));
            Add("tiers", PrecisionTiers.ByBudget(_plain.Value.Network, _plain.Value.Priorities, bytes));
            Add("random-tiers", PrecisionTiers.ByBudget(_plain.Value.Network, chance, bytes));
        }
    }

    /// <summary>
    /// The best candidate of the chosen method (of all with auto) within a number of bytes; null where none fits. Best is the lowest upper bound of the
    /// tuning AUC's fall: the highest AUC alone would favour whatever changed the scores most, by chance upwards.
    /// </summary>
    private Candidate? Best(long bytes)
    {
        RowPlan Hawq(Base from, bool finetune) => (finetune ? from.Nearest : from.Searched).At(bytes);
        RowPlan Tiers(Base from, bool finetune) => PrecisionTiers.ByBudget(from.Network, from.Priorities, bytes, _options.Previous is { } previous ? RowPlan.Stored(from.Network, previous) : null, _options.Hysteresis);
        Planner Uniform(RowPrecision precision) => (from, _) => RowPlan.Uniform(from.Network, precision);
        (string Name, Lazy<Base> From, Planner Plan)[] ways = _options.Method switch
        {
            CompressionMethod.Hawq => [("hawq", _plain, Hawq)],
            CompressionMethod.Shark => [("shark", _pruned, Tiers)],
            CompressionMethod.LpfsPlusPlus => [("lpfs++", _gated, Hawq)],
            CompressionMethod.UniformInt8 => [("uniform-int8", _plain, Uniform(RowPrecision.Int8Compact))],
            CompressionMethod.UniformInt4 => [("uniform-int4", _plain, Uniform(RowPrecision.Int4))],
            _ => [("hawq", _plain, Hawq), ("shark", _pruned, Tiers), ("shark+hawq", _pruned, Hawq), ("lpfs++", _gated, Hawq),
                ("uniform-int8", _plain, Uniform(RowPrecision.Int8Compact)), ("uniform-int4", _plain, Uniform(RowPrecision.Int4))],
        };
        Candidate? best = null;
        int step = 0;
        foreach ((string name, Lazy<Base> from, Planner plan) in ways)
        {
            foreach (bool finetune in (bool[])[false, true])
            {
                Report(Text($"compressing to {(double)bytes / _bytes:P1}"), (double)step++ / (2 * ways.Length), best is null ? null : (FormattableString)$"best so far {best.Point.Method}: AUC {best.Point.Auc:F5}");
                if ((finetune && _options.Finetune.Epochs == 0) || (_options.Method == CompressionMethod.Auto && (name is "shark+hawq" or "lpfs++") && from.Value.Package == _start))
                    continue;
                RowPlan rows = plan(from.Value, finetune);
                if (rows.Bytes > bytes)
                    continue;
                Candidate candidate = finetune ? Finetuned(name, from.Value, rows) : Once(name, from.Value, rows);
                if (best is null || candidate.Point.Drop.UpperBound < best.Point.Drop.UpperBound)
                    best = candidate;
            }
        }

        Report(Text($"compressing to {(double)bytes / _bytes:P1}"), 1, best is null ? null : (FormattableString)$"{best.Point.Method}: AUC {best.Point.Auc:F5}");
        return best;
    }

    /// <summary>Rows quantized once, nothing trained.</summary>
    private Candidate Once(string method, Base from, RowPlan plan)
    {
        ModelPackage package = QuantizedPackage.Create(from.Network, plan, RowRounding.Searched, from.Train, _team);
        return new Candidate(package, Point(method, false, package, LogitsOf(package, _data.Tune)));
    }

    /// <summary>Rows and dense part trained while the forward pass reads quantized rows.</summary>
    private Candidate Finetuned(string method, Base from, RowPlan plan)
    {
        var network = new PackageNetwork(from.Package, from.Network.Network.BatchSize, _team);
        Dataset tune = network.Bind(Reencoding.Of(_data.Tune, _source, from.Package));
        Finetuning.Run(network, from.Train, tune, _options.Finetune, _team, new QuantizedRows(network, plan, RowRounding.Nearest, _team), _cancellation);
        ModelPackage package = QuantizedPackage.Create(network, plan, RowRounding.Nearest, from.Train, _team);
        return new Candidate(package, Point(method, true, package, LogitsOf(package, _data.Tune)));
    }
}
