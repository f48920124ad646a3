namespace RecServe.Embeddings;

/// <summary>
/// Where the pilots of a table's parts stand: side by side, so that those of ten million rows lie on two huge pages. Beside their parts' slots they were on 64, and
/// look-ups, which read one pilot each, took 5 to 7 % longer.
/// </summary>
internal sealed class PilotMemory
{
    private readonly Lock _lock = new();
    private readonly List<PilotBlock> _blocks = [];

    /// <summary>Bytes of all blocks.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _blocks.Sum(block => block.Bytes);
        }
    }

    /// <summary>Bytes that the pilots of so many parts take.</summary>
    public static long BytesFor(PartSize size, int parts) => PilotBlock.BytesFor(size, PlacesFor(parts));

    /// <summary>Gives a place for the pilots of one part.</summary>
    /// <param name="size">Size of the part.</param>
    /// <param name="parts">Parts that the table has, or will have.</param>
    public PilotPlace Rent(PartSize size, int parts)
    {
        lock (_lock)
        {
            foreach (PilotBlock block in _blocks)
            {
                if (block.TryRent(size, out PilotPlace place))
                    return place;
            }

            var next = new PilotBlock(size, PlacesFor(parts));
            _blocks.Add(next);
            next.TryRent(size, out PilotPlace first);
            return first;
        }
    }

    /// <summary>Takes a place back, once no reader can be looking at it.</summary>
    public void Return(PilotPlace place)
    {
        lock (_lock)
        {
            if (!place.Block.Return(place))
                return;
            _blocks.Remove(place.Block);
            place.Block.Dispose();
        }
    }

    // Some to spare: a part that is rebuilt has two places until its readers have left.
    private static int PlacesFor(int parts) => parts + (parts / 8) + 1;
}
