using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RecServe.Api.Feedback;

namespace RecServe.Api.Telemetry;

/// <summary>
/// The instruments of one server (System.Diagnostics.Metrics, meter <c>RecServe.Api</c>), so that any listener can be attached from outside.
/// Label values come from what is loaded, never from what a request says, which bounds the number of series.
/// </summary>
internal sealed class ServingMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "RecServe.Api";

    /// <summary>Label value where a request names no model that exists.</summary>
    public const string NoModel = "none";

    private static readonly string[] StageNames = [.. Enum.GetNames<RankStage>().Select(name => name.ToLowerInvariant())];

    private readonly Histogram<double> _duration;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _exposures;
    private readonly Counter<long> _feedback;
    private readonly Counter<long> _degraded;
    private readonly Counter<long> _swaps;
    private readonly ConcurrentDictionary<string, RowCounter> _rows = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, string> _statuses = new();
    private long _exposuresDropped;

    /// <summary>Makes the instruments.</summary>
    public ServingMetrics()
    {
        Meter = new Meter(MeterName);
        _duration = Meter.CreateHistogram<double>("recserve_rank_duration_seconds", "s", "Time of each stage of a ranking, and from arrival to answer (stage=\"total\").");
        _requests = Meter.CreateCounter<long>("recserve_rank_requests_total", null, "Rankings answered, by HTTP status; one batch counts each of its rankings.");
        Meter.CreateObservableCounter("recserve_rows_total", ObserveRows, null, "Distinct embedding rows asked for, by the tier that answered.");
        Meter.CreateObservableCounter("recserve_process_allocated_bytes_total", () => GC.GetTotalAllocatedBytes(), "By", "Managed memory allocated since the process started: what each request costs the garbage collector.");
        Meter.CreateObservableCounter("recserve_process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "CPU time of the process: over the requests, what each costs whatever else the machine does.");
        _exposures = Meter.CreateCounter<long>("recserve_exposures_total", null, "Rankings that were part of an experiment.");
        Meter.CreateObservableCounter("recserve_exposures_dropped_total", () => Interlocked.Read(ref _exposuresDropped) + (ExposuresLost?.Invoke() ?? 0), null,
            "Exposures not written, to the file or to the topic, because the queue was full or what lies behind it failed.");
        _feedback = Meter.CreateCounter<long>("recserve_feedback_total", null, "Events of POST /v1/feedback, by what became of them where they were joined to their rankings.");
        _degraded = Meter.CreateCounter<long>("recserve_degraded_total", null, "Answers that were worse than asked for, by reason.");
        _swaps = Meter.CreateCounter<long>("recserve_model_swaps_total", null, "Times that a model's versions were replaced while serving, by result.");
    }

    /// <summary>The meter that owns the instruments.</summary>
    public Meter Meter { get; }

    /// <summary>The counter of a table's rows.</summary>
    public RowCounter RowsOf(string table) => _rows.GetOrAdd(table, static name => new RowCounter(name));

    /// <summary>Records the time of one stage.</summary>
    public void Stage(string model, RankStage stage, TimeSpan time) =>
        _duration.Record(time.TotalSeconds, new("model", model), new("stage", StageNames[(int)stage]));

    /// <summary>Counts one ranking.</summary>
    public void Request(string model, int status) =>
        _requests.Add(1, new("model", model), new("status", _statuses.GetOrAdd(status, static code => code.ToString())));

    /// <summary>Counts one ranking's part in an experiment.</summary>
    public void Exposure(string experiment, string variant) => _exposures.Add(1, new("experiment", experiment), new("variant", variant));

    /// <summary>Counts exposure lines that were not written.</summary>
    public void ExposuresDropped(int count) => Interlocked.Add(ref _exposuresDropped, count);

    /// <summary>Exposures that the topic did not get; set by who sends them.</summary>
    public Func<long>? ExposuresLost { get; set; }

    /// <summary>Counts what became of the events of one call.</summary>
    public void Feedback(FeedbackCounts counts)
    {
        Add(counts.Accepted, "accepted");
        Add(counts.Duplicates, "duplicate");
        Add(counts.Late, "late");
        Add(counts.UnknownRankings, "unknown_ranking");

        void Add(int count, string result)
        {
            if (count > 0)
                _feedback.Add(count, new KeyValuePair<string, object?>("result", result));
        }
    }

    /// <summary>Counts a degraded answer.</summary>
    public void Degraded(string reason) => _degraded.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Counts a change of the served versions.</summary>
    public void Swap(string model, string result) => _swaps.Add(1, new("model", model), new("result", result));

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<long>> ObserveRows()
    {
        foreach (RowCounter rows in _rows.Values)
        {
            foreach ((string tier, long count) in rows.Counts)
                yield return new Measurement<long>(count, new("table", rows.Table), new("tier", tier));
        }
    }
}
