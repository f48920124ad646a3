using RecServe.Api.Telemetry;

namespace RecServe.Api.Rank;

/// <summary>Times the stages of one ranking and knows when its deadline has passed. The times are reported at the end, when the model is known.</summary>
internal ref struct StageClock(TimeProvider time, long arrived, Span<long> ends)
{
    private readonly Span<long> _ends = ends;
    private int _ended;
    private bool _late;
    private double _deadlineMs;

    /// <summary>How many timestamps a clock needs.</summary>
    public const int Stages = (int)RankStage.Total;

    /// <summary>Milliseconds since the request arrived.</summary>
    public readonly double ElapsedMs => time.GetElapsedTime(arrived).TotalMilliseconds;

    /// <summary>Sets the deadline, counted from the arrival; 0 means none.</summary>
    public void SetDeadline(double milliseconds) => _deadlineMs = milliseconds;

    /// <summary>Ends a stage; true where the deadline has passed.</summary>
    public bool EndsLate(RankStage stage)
    {
        long now = time.GetTimestamp();
        _ends[(int)stage] = now;
        _ended = (int)stage + 1;
        _late = _deadlineMs > 0 && time.GetElapsedTime(arrived, now).TotalMilliseconds > _deadlineMs;
        return _late;
    }

    /// <summary>Reports every stage that ended, the one in which a request was refused among them, and the total.</summary>
    public void Report(ServingMetrics metrics, string model)
    {
        if (_ended < Stages && !_late)
            EndsLate((RankStage)_ended);
        long start = arrived;
        for (int stage = 0; stage < _ended; stage++)
        {
            metrics.Stage(model, (RankStage)stage, time.GetElapsedTime(start, _ends[stage]));
            start = _ends[stage];
        }

        metrics.Stage(model, RankStage.Total, time.GetElapsedTime(arrived, start));
    }
}
