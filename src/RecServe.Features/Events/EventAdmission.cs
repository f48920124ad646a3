namespace RecServe.Features;

/// <summary>
/// Decides for one log (a partition, a file) which of its events are counted: each id once, none that is late, none from the future. It depends on the log's own
/// order alone, so that whoever reads the log again comes to the same verdicts. Not thread-safe.
/// </summary>
/// <remarks>
/// An id is remembered as long as its event is not late; what is older is refused as late. So nothing is ever counted twice, whatever is sent again. A copy must carry the same
/// time as the first.
/// </remarks>
public sealed class EventAdmission(AdmissionOptions options)
{
    private readonly HashSet<UInt128> _ids = [];
    private readonly PriorityQueue<UInt128, long> _byTime = new();
    private long _newest = -1, _floor;

    /// <summary>Time of the newest event that was accepted, Unix milliseconds; −1 without one.</summary>
    public long Newest => _newest;

    /// <summary>Events before this time are late.</summary>
    public long Earliest => Math.Max(_newest - options.LatenessMs, _floor);

    /// <summary>Event ids that are remembered, with their times, by time and then by id.</summary>
    public IReadOnlyList<(long Time, UInt128 Id)> Remembered => [.. _byTime.UnorderedItems.Select(entry => (entry.Priority, entry.Element)).Order()];

    /// <summary>Judges the log's next event.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="time">When it happened, Unix milliseconds.</param>
    /// <param name="received">When it was received; 0 if that is not known, which then refuses nothing.</param>
    public EventVerdict Judge(UInt128 id, long time, long received)
    {
        if (received > 0 && time > received + options.AheadMs)
            return EventVerdict.Ahead;
        if (time < Earliest)
            return EventVerdict.Late;
        if (!_ids.Add(id))
            return EventVerdict.Duplicate;
        _byTime.Enqueue(id, time);
        _newest = Math.Max(_newest, time);
        Forget();
        return EventVerdict.Accepted;
    }

    /// <summary>Puts a state back: <see cref="Newest"/>, <see cref="Earliest"/> and <see cref="Remembered"/> of another.</summary>
    public void Restore(long newest, long earliest, IEnumerable<(long Time, UInt128 Id)> remembered)
    {
        (_newest, _floor) = (newest, earliest);
        _ids.Clear();
        _byTime.Clear();
        foreach ((long time, UInt128 id) in remembered)
        {
            _ids.Add(id);
            _byTime.Enqueue(id, time);
        }
    }

    private void Forget()
    {
        // Of those that happened at one time either all are remembered or none: which were enqueued first must not matter.
        if (_ids.Count > options.Remembered && _byTime.TryPeek(out _, out long oldest))
            _floor = Math.Max(_floor, oldest + 1);
        while (_byTime.TryPeek(out UInt128 id, out long time) && time < Earliest)
        {
            _ids.Remove(id);
            _byTime.Dequeue();
        }
    }
}
