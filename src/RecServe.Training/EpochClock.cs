namespace RecServe.Training;

/// <summary>Measures epochs and reports progress a few times a second.</summary>
internal sealed class EpochClock(IProgress<TrainingProgress>? progress, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private long _start, _reported;
    private TrainingProgress _epoch;

    /// <summary>Seconds since the epoch began.</summary>
    public double Seconds => time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Begins an epoch.</summary>
    public void Begin(TrainingProgress epoch)
    {
        _start = _reported = time.GetTimestamp();
        _epoch = epoch;
        progress?.Report(epoch);
    }

    /// <summary>Tells how many samples of the epoch are done; the first telling waits for the pace, the last is always reported.</summary>
    public void Advance(int samples)
    {
        if (progress is null || (samples < _epoch.SamplesPerEpoch && time.GetElapsedTime(_reported) < Pace))
            return;
        _reported = time.GetTimestamp();
        double seconds = Seconds, speed = seconds > 0 ? samples / seconds : 0;
        progress.Report(_epoch with
        {
            Samples = samples,
            SamplesPerSecond = speed,
            EpochTimeLeft = speed > 0 ? TimeSpan.FromSeconds((_epoch.SamplesPerEpoch - samples) / speed) : TimeSpan.Zero,
        });
    }
}
