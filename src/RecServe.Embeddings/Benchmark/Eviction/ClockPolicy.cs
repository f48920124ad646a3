namespace RecServe.Embeddings;

/// <summary>A hand goes round; the first key that was not asked for since the hand last passed leaves.</summary>
internal sealed class ClockPolicy(int keys, int capacity) : IEvictionPolicy
{
    private readonly int[] _keyAt = new int[capacity], _placeOf = MakePlaces(keys);
    private readonly bool[] _asked = new bool[capacity];
    private int _count, _hand;

    public bool Access(int key)
    {
        int place = _placeOf[key];
        if (place >= 0)
        {
            _asked[place] = true;
            return true;
        }

        if (_count < capacity)
        {
            place = _count++;
        }
        else
        {
            while (_asked[_hand])
            {
                _asked[_hand] = false;
                _hand = (_hand + 1) % capacity;
            }

            place = _hand;
            _hand = (_hand + 1) % capacity;
            _placeOf[_keyAt[place]] = -1;
        }

        (_keyAt[place], _placeOf[key]) = (key, place);
        return false;
    }

    public void Dispose()
    {
    }

    private static int[] MakePlaces(int keys)
    {
        var places = new int[keys];
        Array.Fill(places, -1);
        return places;
    }
}
