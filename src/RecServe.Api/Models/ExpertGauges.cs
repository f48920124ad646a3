using System.Diagnostics.Metrics;
using System.Globalization;
using RecServe.Api.Telemetry;
using RecServe.Artifacts;

namespace RecServe.Api.Models;

/// <summary>
/// How the rows of models with sparse experts spread over them, as metrics. Scorers count by themselves; what they have counted since the last look is added to the
/// totals of the model's name, so that counters go on when a version takes another's place.
/// </summary>
internal sealed class ExpertGauges
{
    private readonly ModelRegistry _registry;
    private readonly Lock _adding = new();
    private readonly Dictionary<ServingModel, ExpertCounts> _seen = [];
    private readonly SortedDictionary<string, Totals> _totals = new(StringComparer.Ordinal);

    /// <summary>Adds the metrics to the server's meter.</summary>
    public ExpertGauges(ServingMetrics metrics, ModelRegistry registry)
    {
        _registry = registry;
        Meter meter = metrics.Meter;
        meter.CreateObservableGauge("recserve_experts_active", Active, null, "Networks of sparse experts that a row took in a layer, mean since the start.");
        meter.CreateObservableCounter("recserve_expert_rows_total", Rows, null, "Rows that each sparse expert was asked for, explanations included; zeros are never asked.");
        meter.CreateObservableCounter("recserve_expert_layer_rows_total", LayerRows, null, "Rows that went through a layer of sparse experts, summed over layers.");
    }

    private List<Measurement<double>> Active() => Look<Measurement<double>>(model => model.Value.LayerRows == 0 ? []
        : [new Measurement<double>((double)model.Value.NetworkRows / model.Value.LayerRows, new KeyValuePair<string, object?>("model", model.Key))]);

    private List<Measurement<long>> LayerRows() => Look<Measurement<long>>(model => [new(model.Value.LayerRows, new KeyValuePair<string, object?>("model", model.Key))]);

    private List<Measurement<long>> Rows() => Look<Measurement<long>>(model => model.Value.Experts.Select(expert => new Measurement<long>(expert.Value,
        new("model", model.Key), new("layer", expert.Key.Layer.ToString(CultureInfo.InvariantCulture)), new("expert", expert.Key.Expert))));

    private List<T> Look<T>(Func<KeyValuePair<string, Totals>, IEnumerable<T>> show)
    {
        lock (_adding)
        {
            ServingModel[] served = [.. _registry.Current.Models.SelectMany(model => model.Versions).Where(version => version.Chosen is not null)];
            foreach (ServingModel gone in _seen.Keys.Except(served).ToArray())
                _seen.Remove(gone);
            foreach (ServingModel version in served)
                Add(version);
            return [.. _totals.SelectMany(show)];
        }
    }

    private void Add(ServingModel version)
    {
        ChosenExperts shape = version.Chosen!;
        if (!_totals.TryGetValue(version.Name, out Totals? totals))
            _totals.Add(version.Name, totals = new Totals());
        ExpertCounts now = ExpertCounts.Of(version.ExpertLoads!), before = _seen.GetValueOrDefault(version, version.ExpertsAtStart!);
        totals.LayerRows += (now.LayerRows - before.LayerRows) * shape.Layers;
        for (int i = 0; i < now.ExpertRows.Count; i++)
        {
            int expert = i % shape.Experts;
            long rows = now.ExpertRows[i] - before.ExpertRows[i];
            totals.NetworkRows += expert < shape.Networks ? rows : 0;
            if (expert >= shape.FirstZero)
                continue;
            (int Layer, string Expert) key = (i / shape.Experts, shape.Names[expert]);
            totals.Experts[key] = totals.Experts.GetValueOrDefault(key) + rows;
        }

        _seen[version] = now;
    }

    private sealed class Totals
    {
        public long LayerRows { get; set; }

        public long NetworkRows { get; set; }

        public Dictionary<(int Layer, string Expert), long> Experts { get; } = [];
    }
}
