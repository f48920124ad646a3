using System.Diagnostics.CodeAnalysis;

namespace RecServe.Embeddings;

public sealed partial class SharedRows
{
    private readonly Probe?[] _probes;
    private long _reconnects, _silentSince = -1;
    private int _lanes;

    /// <summary>Every <see cref="SharedRowsOptions.ProbeEvery"/>: notices slow questions, probes what is open, replaces a silent connection.</summary>
    private async Task TendAsync()
    {
        using var timer = new PeriodicTimer(_options.ProbeEvery, _time);
        try
        {
            do
            {
                Tend();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private void Tend()
    {
        SweepFlights();
        int lanes = _store.Lanes;
        if (lanes != _lanes)
        {
            // Another server than before, or a connection to be made: what was learned of lanes holds no more.
            for (int lane = 0; lane < RowLanes.Count; lane++)
                (_probes[lane], _) = (null, Close(lane));
            Volatile.Write(ref _lanes, lanes);
        }

        bool isSilent = lanes == 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            if (_breakers.IsOpen(lane))
                isSilent |= ProbeLane(lane);
        }

        WatchSilence(isSilent);
    }

    /// <summary>Sends a probe unless one is under way; gives whether one has been under way for longer than a look-up waits.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "a probe that fails in any way has failed")]
    private bool ProbeLane(int lane)
    {
        if (_probes[lane] is { } pending)
            return _time.GetTimestamp() - pending.SentAt >= _timeoutTicks;
        var probe = new Probe(_time.GetTimestamp());
        _probes[lane] = probe;
        Task answer;
        try
        {
            answer = _store.Probe(lane);
        }
        catch (Exception error)
        {
            answer = Task.FromException(error);
        }

        answer.ContinueWith(
            answered =>
            {
                _ = answered.Exception;
                bool isInTime = answered.IsCompletedSuccessfully && _time.GetTimestamp() - probe.SentAt <= _timeoutTicks;
                if (Interlocked.CompareExchange(ref _probes[lane], null, probe) == probe && isInTime)
                    Close(lane);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return false;
    }

    private bool Close(int lane)
    {
        _breakers.Close(lane);
        return true;
    }

    /// <summary>Replaces a connection that has not answered for a while: one whose peer vanished without a word would stay silent for a quarter of an hour.</summary>
    private void WatchSilence(bool isSilent)
    {
        long now = _time.GetTimestamp();
        if (!isSilent)
        {
            _silentSince = -1;
        }
        else if (_silentSince < 0)
        {
            _silentSince = now;
        }
        else if (now - _silentSince >= Ticks(_options.ReconnectAfter))
        {
            _silentSince = now;
            Interlocked.Increment(ref _reconnects);
            _store.Reconnect();
            Array.Clear(_probes);
        }
    }

    private sealed record Probe(long SentAt);
}
