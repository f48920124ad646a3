namespace RecServe.Embeddings;

/// <summary>The writer's notes on a page of a <see cref="RowArena"/>.</summary>
internal struct ArenaPage
{
    /// <summary>Slots that hold a row or may still be read.</summary>
    public int Used;

    /// <summary>Slots given out at least once since the page has its precision; those beyond were never touched.</summary>
    public int Begun;

    /// <summary>First of the free slots among those, linked through their version words; 0 for none.</summary>
    public uint Free;

    /// <summary>Neighbours in the list of pages with free slots, or of free pages; -1 for none.</summary>
    public int Next, Previous;

    /// <summary>Whether the page is in its precision's list of pages with free slots.</summary>
    public bool IsListed;

    /// <summary>Whether its rows are being moved out: it gets no new ones.</summary>
    public bool IsDraining;
}
