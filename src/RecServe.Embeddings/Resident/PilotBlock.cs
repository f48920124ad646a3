namespace RecServe.Embeddings;

/// <summary>Places of one size for parts' pilots, in one region; <see cref="PilotMemory"/> guards it.</summary>
internal sealed unsafe class PilotBlock : IDisposable
{
    private readonly NativeRegion _region;
    private readonly Stack<nint> _free = [];
    private readonly uint _buckets;
    private readonly int _places;

    public PilotBlock(PartSize size, int places)
    {
        (_buckets, _places) = (size.Buckets, places);
        _region = new NativeRegion(places * PlaceBytes(size));
        for (int place = places - 1; place >= 0; place--)
            _free.Push((nint)(_region.Start + place * PlaceBytes(size)));
    }

    public long Bytes => _region.Bytes;

    public static long BytesFor(PartSize size, int places) => NativeRegion.WholePages(places * PlaceBytes(size));

    public bool TryRent(PartSize size, out PilotPlace place)
    {
        place = default;
        if (size.Buckets != _buckets || !_free.TryPop(out nint start))
            return false;
        place = new PilotPlace(start, this);
        return true;
    }

    /// <summary>Takes a place back; whether none is left in use.</summary>
    public bool Return(PilotPlace place)
    {
        _free.Push(place.Start);
        return _free.Count == _places;
    }

    public void Dispose() => _region.Dispose();

    // Whole memory lines.
    private static long PlaceBytes(PartSize size) => (size.Buckets + 63L) & ~63L;
}
