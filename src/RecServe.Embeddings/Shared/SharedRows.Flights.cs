using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace RecServe.Embeddings;

public sealed partial class SharedRows
{
    private readonly ConcurrentDictionary<Flight, byte> _airborne = new();
    private long _inFlight;

    private bool TryReserve(int rows)
    {
        if (Interlocked.Add(ref _inFlight, rows) <= _options.MaxInFlight)
            return true;
        Interlocked.Add(ref _inFlight, -rows);
        return false;
    }

    /// <summary>Asks the server. The rows were reserved; landing releases them.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "whatever the client throws, the rows were not answered")]
    private Flight Launch(RowId[] ids, int lane)
    {
        var flight = new Flight(ids, lane, _time.GetTimestamp());
        _airborne.TryAdd(flight, 0);
        _answers.Add(flight);
        Task<byte[]?[]> reading;
        try
        {
            reading = _store.Read(ids);
        }
        catch (Exception error)
        {
            reading = Task.FromException<byte[]?[]>(error);
        }

        reading.ContinueWith(
            static (read, state) =>
            {
                var (rows, asked) = ((SharedRows, Flight))state!;
                _ = read.Exception;
                rows.Land(asked, read.IsCompletedSuccessfully && read.Result.Length == asked.Ids.Length ? read.Result : null);
            },
            (this, flight),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return flight;
    }

    private void Land(Flight flight, byte[]?[]? values)
    {
        if (!flight.TryLand(values))
            return;
        Interlocked.Add(ref _inFlight, -flight.Ids.Length);
        _airborne.TryRemove(flight, out _);
        long now = _time.GetTimestamp();
        _answers.Land(flight, now);
        bool isLate = flight.IsOverdue || now - flight.SentAt >= _timeoutTicks;
        if (values is not null && flight.IsLeft)
            Interlocked.Add(ref _late, flight.Ids.Length);
        if (values is not null && !isLate)
            _breakers.Succeed(flight.Lane);
        else if (flight.TryMarkOverdue())
            _breakers.Fail(flight.Lane);
        flight.Wake();
    }

    /// <summary>Too slow: a failure, once, whoever notices.</summary>
    private void MarkOverdue(Flight flight)
    {
        if (!flight.IsAnswered && !flight.IsLost && flight.TryMarkOverdue())
            _breakers.Fail(flight.Lane);
    }

    /// <summary>Notices slow flights that nobody waits for any more, and gives up those that were sent before the connection counted as silent twice over.</summary>
    private void SweepFlights()
    {
        long now = _time.GetTimestamp(), abandon = 2 * Ticks(_options.ReconnectAfter) + _timeoutTicks;
        foreach (Flight flight in _airborne.Keys)
        {
            if (now - flight.SentAt >= _timeoutTicks)
                MarkOverdue(flight);
            if (now - flight.SentAt >= abandon)
                Land(flight, null);
        }

        _answers.Trim(now);
    }
}
