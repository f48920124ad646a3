using RecServe.Api.Models;
using RecServe.Api.Rank;
using RecServe.FeatureStore;
using RecServe.Features;

namespace RecServe.Api.Events;

/// <summary>
/// The values of a request's fields that are computed from events: read in one go, then encoded where the request gives none. Reused between requests; not thread-safe.
/// </summary>
internal sealed class DerivedValues
{
    private IReadOnlyList<DerivedField> _fields = [];
    private double[] _numbers = [];
    private ulong[] _items = [];
    private int[] _lengths = [];
    private int _candidates;

    /// <summary>Bytes of the buffers.</summary>
    public long Bytes => (8L * _numbers.Length) + (8L * _items.Length);

    /// <summary>Reads the values of a request.</summary>
    /// <param name="events">The events.</param>
    /// <param name="model">The version that ranks.</param>
    /// <param name="request">The request.</param>
    /// <param name="index">Hashes of its candidates.</param>
    /// <param name="candidates">Those that are ranked.</param>
    /// <param name="itemRows">Row of each in the model's catalog, or −1.</param>
    public void Read(NodeEvents events, ServingModel model, RankRequest request, CandidateIndex index, ReadOnlySpan<int> candidates, ReadOnlySpan<int> itemRows)
    {
        _fields = events.FieldsOf(model);
        if (_fields.Count == 0)
            return;
        _candidates = candidates.Length;
        if (_numbers.Length < _fields.Count * (_candidates + 1))
            _numbers = new double[_fields.Count * (_candidates + 1)];
        if (_items.Length < _fields.Count * EventLimits.History)
            (_items, _lengths) = (new ulong[_fields.Count * EventLimits.History], new int[_fields.Count]);
        ulong user = request.UserId.IsPresent ? RowKey.Hash64(request.Utf8(request.UserId)) : 0;
        using EventReading reading = events.Read();
        for (int place = 0; place < _fields.Count; place++)
        {
            DerivedField field = _fields[place];
            if (field.IsList)
                _lengths[place] = reading.ReadItems(field.Feature, user, _items.AsSpan(place * EventLimits.History, EventLimits.History));
            else if (!field.IsItem)
                _numbers[place * (_candidates + 1)] = Number(reading, field, new EventSubject(user, 0, 0));
            else
                ReadItems(reading, place, user, index, candidates, itemRows);
        }
    }

    /// <summary>Place of a field among those that are computed, or −1.</summary>
    public int PlaceOf(int field)
    {
        for (int place = 0; place < _fields.Count; place++)
        {
            if (_fields[place].Field == field)
                return place;
        }

        return -1;
    }

    /// <summary>Adds the values of one side that the request did not give to their open samples.</summary>
    /// <param name="item">The item side, of one candidate, or the user's.</param>
    /// <param name="candidate">Place of the candidate among those that are ranked.</param>
    /// <param name="extractor">The model's.</param>
    /// <param name="removed">Fields that compression has removed.</param>
    /// <param name="batch">The batch being built.</param>
    /// <param name="given">One flag a field.</param>
    public void Add(bool item, int candidate, FeatureExtractor extractor, IReadOnlyList<bool> removed, FeatureBatch batch, bool[] given)
    {
        for (int place = 0; place < _fields.Count; place++)
        {
            DerivedField field = _fields[place];
            if (field.IsItem != item || given[field.Field] || removed[field.Field])
                continue;
            Encode(place, candidate, extractor.Encoders[field.Field], batch[field.Field]);
            given[field.Field] = true;
        }
    }

    /// <summary>Adds the value of a field to the open sample of its column; nothing where it has none.</summary>
    public void Encode(int place, int candidate, FieldEncoder encoder, FeatureColumn column)
    {
        if (_fields[place].IsList)
        {
            foreach (ulong hash in _items.AsSpan(place * EventLimits.History, _lengths[place]))
                encoder.AddHash(hash, column);
            encoder.ClosePool(column);
        }
        else if (_numbers[(place * (_candidates + 1)) + (_fields[place].IsItem ? candidate : 0)] is var number && !double.IsNaN(number))
        {
            encoder.Encode(number, column);
        }
    }

    private void ReadItems(in EventReading reading, int place, ulong user, CandidateIndex index, ReadOnlySpan<int> candidates, ReadOnlySpan<int> itemRows)
    {
        DerivedField field = _fields[place];
        Span<double> numbers = _numbers.AsSpan(place * (_candidates + 1), _candidates);
        for (int i = 0; i < candidates.Length; i++)
        {
            ulong item = index.HashOf(candidates[i]);
            numbers[i] = Number(reading, field, new EventSubject(user, item, field.Category?.Of(item, itemRows[i]) ?? 0));
        }
    }

    private static double Number(in EventReading reading, DerivedField field, in EventSubject subject) =>
        reading.TryRead(field.Feature, subject, out double value) ? value : double.NaN;
}
