using System.Collections.Concurrent;

namespace RecServe.Embeddings;

/// <summary>
/// Questions under way and answers of the last moments, by row: a key is asked for once however many requests want it. Bounded by the budget of
/// keys in flight and by the bytes of the answers.
/// </summary>
internal sealed class RecentAnswers(long lifetime, long maxBytes)
{
    // By their layout, rounded up: a dictionary node (64 bytes) and its bucket (8 to 16), the row's place in the flight (24), an array header for the value (24).
    private const int EntryBytes = 160;

    private readonly ConcurrentDictionary<RowId, Place> _places = new();
    private readonly Queue<Flight> _landed = new();
    private readonly Lock _gate = new();
    private long _bytes;

    /// <summary>Bytes of the answers kept.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Rows under way or kept.</summary>
    public int Count => _places.Count;

    /// <summary>The flight that has or will have the answer for a row, unless there is none or it is too old.</summary>
    public bool TryJoin(in RowId id, long now, out Place place) =>
        _places.TryGetValue(id, out place) && now - place.Flight.SentAt <= lifetime && !place.Flight.IsLost;

    /// <summary>Lets requests join a flight. Done before the question is sent: what <see cref="Forget"/> removes may be older than a change, what is added after it is not.</summary>
    public void Add(Flight flight)
    {
        for (int i = 0; i < flight.Ids.Length; i++)
            _places[flight.Ids[i]] = new Place(flight, i);
    }

    /// <summary>The row has changed: the next request asks again.</summary>
    public void Forget(in RowId id) => _places.TryRemove(id, out _);

    /// <summary>Keeps the answer of a flight for a while, or drops the flight that was lost.</summary>
    public void Land(Flight flight, long now)
    {
        if (flight.IsLost || lifetime == 0 || maxBytes == 0)
        {
            Remove(flight);
            return;
        }

        lock (_gate)
        {
            _landed.Enqueue(flight);
            _bytes += Size(flight);
        }

        Trim(now);
    }

    /// <summary>Drops answers that are too old or too many.</summary>
    public void Trim(long now)
    {
        lock (_gate)
        {
            while (_landed.TryPeek(out Flight? oldest) && (_bytes > maxBytes || now - oldest.SentAt > lifetime))
            {
                _landed.Dequeue();
                _bytes -= Size(oldest);
                Remove(oldest);
            }
        }
    }

    private static long Size(Flight flight)
    {
        long bytes = (long)flight.Ids.Length * EntryBytes;
        foreach (byte[]? value in flight.Values)
            bytes += value?.Length ?? 0;
        return bytes;
    }

    private void Remove(Flight flight)
    {
        for (int i = 0; i < flight.Ids.Length; i++)
            _places.TryRemove(new KeyValuePair<RowId, Place>(flight.Ids[i], new Place(flight, i)));
    }

    /// <summary>Where the answer for a row stands.</summary>
    internal readonly record struct Place(Flight Flight, int Index);
}
