using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed partial class SharedRows
{
    // Rows of one MGET to a single server: chunks of 128 took as long as one of 500, and leave the server free in between.
    private const int MostRows = 256;

    [ThreadStatic]
    private static LookUp? _lookUp;

    /// <summary>
    /// Looks up the entries that are not found yet, of all tables in one go, and fills in those that are there. Waits at most the smaller of
    /// <see cref="SharedRowsOptions.Timeout"/> and <paramref name="budget"/>, and only this thread touches the batch: answers that come later do not.
    /// </summary>
    /// <param name="batch">Entries; those of tables that are not served are left alone.</param>
    /// <param name="budget">Time that the caller has left.</param>
    public SharedFind Find(TierBatch batch, TimeSpan budget)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Missing == 0)
            return default;
        LookUp look = _lookUp ??= new LookUp();
        look.Clear();
        Collect(batch, look);
        if (look.Unasked.Count > 0)
            Ask(look, budget);
        Wait(look, budget);
        Read(batch, look);
        Count(look);
        SharedFind result = look.Result;
        look.Clear();
        return result;
    }

    /// <summary>Answers entries from what waits to be written, joins questions that are under way or were just answered, and notes the rest.</summary>
    private void Collect(TierBatch batch, LookUp look)
    {
        long now = _time.GetTimestamp();
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Tier(i) != RowTier.None || batch.IsDeleted(i) || !_tables.TryGetValue(batch.Table(i), out Shape shape))
                continue;
            var id = new RowId(batch.Table(i), batch.Key(i));
            if (_queue.TryGet(id, out byte[]? waiting))
            {
                look.FromQueue++;
                Fill(batch, i, waiting, shape, look);
            }
            else if (_answers.TryJoin(id, now, out RecentAnswers.Place place))
            {
                look.Remembered += place.Flight.IsAnswered ? 1 : 0;
                look.Entries.Add((i, place, shape));
                if (!place.Flight.IsAnswered && !look.Flights.Contains(place.Flight))
                    look.Flights.Add(place.Flight);
            }
            else
            {
                look.Unasked.Add((i, id, shape));
            }
        }
    }

    /// <summary>Sends questions for what nobody has asked yet, as far as breakers and budget allow.</summary>
    private void Ask(LookUp look, TimeSpan budget)
    {
        int lanes = _store.Lanes;
        if (lanes == 0 || budget <= TimeSpan.Zero)
        {
            look.Skip(look.Unasked.Count, lanes == 0 ? SharedRowsTrouble.NotConnected : SharedRowsTrouble.NoTime);
            return;
        }

        // Rows of one lane stand together; without lanes there is one.
        if (lanes > 1)
            look.Unasked.Sort(static (a, b) => RowLanes.Of(a.Id) - RowLanes.Of(b.Id));
        for (int first = 0; first < look.Unasked.Count;)
        {
            int lane = lanes > 1 ? RowLanes.Of(look.Unasked[first].Id) : 0, end = first + 1;
            while (end < look.Unasked.Count && end - first < MostRows && (lanes == 1 || RowLanes.Of(look.Unasked[end].Id) == lane))
                end++;
            if (_breakers.IsOpen(lane))
                look.Skip(end - first, SharedRowsTrouble.BreakerOpen);
            else if (!TryReserve(end - first))
                look.Skip(end - first, SharedRowsTrouble.Busy);
            else
                Send(look, first, end, lane);
            first = end;
        }
    }

    private void Send(LookUp look, int first, int end, int lane)
    {
        var ids = new RowId[end - first];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = look.Unasked[first + i].Id;
        Flight flight = Launch(ids, lane);
        look.Flights.Add(flight);
        for (int i = 0; i < ids.Length; i++)
            look.Entries.Add((look.Unasked[first + i].Index, new RecentAnswers.Place(flight, i), look.Unasked[first + i].Shape));
    }

    private void Wait(LookUp look, TimeSpan budget)
    {
        if (look.Flights.Count == 0)
            return;
        TimeSpan most = budget < _options.Timeout ? budget : _options.Timeout;
        Task landed = look.Flights.Count == 1 ? look.Flights[0].Landed : Task.WhenAll(look.Flights.Select(flight => flight.Landed));
        if (most > TimeSpan.Zero && landed.Wait(most))
            return;
        long now = _time.GetTimestamp();
        foreach (Flight flight in look.Flights)
        {
            flight.Leave();
            if (now - flight.SentAt >= _timeoutTicks)
                MarkOverdue(flight);
        }
    }

    private static void Read(TierBatch batch, LookUp look)
    {
        foreach ((int index, RecentAnswers.Place place, Shape shape) in look.Entries)
        {
            if (place.Flight.IsAnswered)
                Fill(batch, index, place.Flight.Values[place.Index], shape, look);
            else if (place.Flight.IsLost)
                look.Lose(ref look.Failed, SharedRowsTrouble.Failed);
            else
                look.Lose(ref look.TimedOut, SharedRowsTrouble.TimedOut);
        }
    }

    private static void Fill(TierBatch batch, int index, byte[]? value, Shape shape, LookUp look)
    {
        if (value is null || !RowRecord.TryRead(value, shape.Dim, out RowRecord record))
        {
            look.Absent++;
            look.Foreign += value is null ? 0 : 1;
        }
        else if (record.IsDeletion)
        {
            look.Deleted++;
            batch.FoundDeleted(index, record.Version);
        }
        else
        {
            look.Found++;
            batch.Found(index, RowTier.Redis, record.Version, record.Precision, record.Row);
        }
    }

    /// <summary>What one look-up works with; of one thread, emptied after use so that it holds no answers.</summary>
    private sealed class LookUp
    {
        public readonly List<(int Index, RowId Id, Shape Shape)> Unasked = [];
        public readonly List<(int Index, RecentAnswers.Place Place, Shape Shape)> Entries = [];
        public readonly List<Flight> Flights = [];
        public int Found, Deleted, Absent, Foreign, Remembered, FromQueue, TimedOut, Failed, Skipped;
        private SharedRowsTrouble _trouble;

        public SharedFind Result => new(Found, Deleted, Absent, TimedOut + Failed + Skipped, _trouble);

        public void Skip(int rows, SharedRowsTrouble why)
        {
            Skipped += rows;
            _trouble |= why;
        }

        public void Lose(ref int counter, SharedRowsTrouble why)
        {
            counter++;
            _trouble |= why;
        }

        public void Clear()
        {
            Unasked.Clear();
            Entries.Clear();
            Flights.Clear();
            Found = Deleted = Absent = Foreign = Remembered = FromQueue = TimedOut = Failed = Skipped = 0;
            _trouble = SharedRowsTrouble.None;
        }
    }
}
