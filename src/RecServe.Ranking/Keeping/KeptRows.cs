using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>The item parts of a pass's rows: those that were found, read where they are kept, and those that were made. Empty where none are kept.</summary>
internal readonly ref struct KeptRows
{
    // Rows ahead of the one being read: at some 30 ns a row of 512 numbers, the time that memory takes.
    private const int Ahead = 8;

    private readonly KeptItems _store;
    private readonly ReadOnlySpan<KeptPlace> _places;
    private readonly ReadOnlySpan<short> _made;
    private readonly ReadOnlySpan<float> _scales;

    /// <param name="store">The store.</param>
    /// <param name="places">One a row.</param>
    /// <param name="made">Codes of the parts that were made, one after another.</param>
    /// <param name="scales">Their scales.</param>
    public KeptRows(KeptItems store, ReadOnlySpan<KeptPlace> places, ReadOnlySpan<short> made, ReadOnlySpan<float> scales)
    {
        _store = store;
        _places = places;
        _made = made;
        _scales = scales;
    }

    /// <summary>Whether there are any.</summary>
    public bool IsEmpty => _places.IsEmpty;

    /// <summary>y = activation(part + bias) for all rows.</summary>
    /// <param name="at">First number of the parts that is read.</param>
    /// <param name="bias">One number an output.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="y">One row of outputs a row, one after another.</param>
    public void Apply(int at, ReadOnlySpan<float> bias, Activation activation, Span<float> y)
    {
        int width = bias.Length;
        for (int r = 0; r < Math.Min(Ahead, _places.Length); r++)
            Ask(r, at, width);
        for (int r = 0; r < _places.Length; r++)
        {
            if (r + Ahead < _places.Length)
                Ask(r + Ahead, at, width);
            int place = _places[r].Place;
            Int16Units.Decode(Codes(place).Slice(at, width), place >= 0 ? _store.Scale(place) : _scales[-1 - place], bias, activation, y.Slice(r * width, width));
        }
    }

    /// <summary>Whether all that was read was what had been found; if not, some place was given to another item meanwhile and the pass has to be done again.</summary>
    public bool AreStill()
    {
        foreach (KeptPlace place in _places)
        {
            if (place.Place >= 0 && !_store.IsStill(place.Place, place.Sequence))
                return false;
        }

        return true;
    }

    private void Ask(int row, int at, int width)
    {
        if (_places[row].Place >= 0)
            Prefetch.Read(_store.Codes(_places[row].Place).Slice(at, width));
    }

    private ReadOnlySpan<short> Codes(int place) => place >= 0 ? _store.Codes(place) : _made[((-1 - place) * _store.Width)..];
}
