using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace RecServe.Api.Telemetry;

/// <summary>
/// Listens to one server's meter and renders what it heard in Prometheus' text format 0.0.4
/// (github.com/prometheus/docs, content/docs/instrumenting/exposition_formats.md).
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>Content type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    // Two pages at once would forget each other's gauges.
    private readonly Lock _rendering = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();

    /// <summary>Starts listening.</summary>
    public PrometheusText(ServingMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == metrics.Meter)
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, static i => new MetricFamily(i)));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>The page of all metrics.</summary>
    public string Render()
    {
        lock (_rendering)
            return RenderNow();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private string RenderNow()
    {
        foreach (MetricFamily gauge in _families.Values.Where(family => family.IsGauge))
            gauge.Forget();
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(4096);
        foreach (MetricFamily family in _families.Values.OrderBy(f => f.Instrument.Name, StringComparer.Ordinal))
        {
            text.Append("# HELP ").Append(family.Instrument.Name).Append(' ').Append(family.Instrument.Description).Append('\n');
            text.Append("# TYPE ").Append(family.Instrument.Name).Append(family.IsHistogram ? " histogram\n" : family.IsGauge ? " gauge\n" : " counter\n");
            foreach ((MetricLabels labels, MetricSeries series) in family.Series)
                Write(text, family, labels, series);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, MetricFamily family, MetricLabels labels, MetricSeries series)
    {
        string name = family.Instrument.Name;
        if (!family.IsHistogram)
        {
            Line(text, name, family, labels, null, series.Sum);
            return;
        }

        long count = 0;
        for (int bucket = 0; bucket <= MetricFamily.Bounds.Length; bucket++)
        {
            count += series.CountOf(bucket);
            string bound = bucket < MetricFamily.Bounds.Length ? Number(MetricFamily.Bounds[bucket]) : "+Inf";
            Line(text, name + "_bucket", family, labels, bound, count);
        }

        Line(text, name + "_sum", family, labels, null, series.Sum);
        Line(text, name + "_count", family, labels, null, count);
    }

    private static void Line(StringBuilder text, string name, MetricFamily family, MetricLabels labels, string? bound, double value)
    {
        text.Append(name);
        char separator = '{';
        Label(text, family.Labels.First, labels.First, ref separator);
        Label(text, family.Labels.Second, labels.Second, ref separator);
        Label(text, family.Labels.Third, labels.Third, ref separator);
        Label(text, "le", bound, ref separator);
        text.Append(separator == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    private static void Label(StringBuilder text, string? name, string? value, ref char separator)
    {
        if (name is null || value is null)
            return;
        string escaped = value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
        text.Append(separator).Append(name).Append("=\"").Append(escaped).Append('"');
        separator = ',';
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
