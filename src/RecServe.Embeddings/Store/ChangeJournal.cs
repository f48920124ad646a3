namespace RecServe.Embeddings;

/// <summary>
/// The records that were written since the last checkpoint, in memory, in the order in which they were: what the next one has to put on the disk. Used under the writer's lock. Beyond so many bytes
/// it forgets them and says so; the next checkpoint then folds the log over instead.
/// </summary>
internal sealed class ChangeJournal(long mostBytes) : IDisposable
{
    private readonly Stack<JournalMemory> _spare = new();
    private List<JournalMemory> _blocks = [];

    /// <summary>Whether it holds all that was written since <see cref="Begin"/> or <see cref="Take"/>.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Bytes that it would take in the file.</summary>
    public long Bytes => _blocks.Sum(block => (long)JournalBlock.PaddedBytes(block.Used));

    /// <summary>Begins, with nothing in it.</summary>
    public void Begin()
    {
        Recycle(_blocks);
        _blocks = [];
        IsWhole = mostBytes > 0;
    }

    /// <summary>Adds a record; where there is no room, what is held is let go of.</summary>
    public void Add(RowKey key, ReadOnlySpan<byte> record)
    {
        if (!IsWhole)
            return;
        if ((_blocks.Count == 0 || !_blocks[^1].TryAdd(key, record)) && !(TryAddBlock() && _blocks[^1].TryAdd(key, record)))
        {
            Begin();
            IsWhole = false;
        }
    }

    /// <summary>Takes what is held, whose memory comes back with <see cref="Recycle"/>; what is written from now on is held anew.</summary>
    public List<JournalMemory> Take()
    {
        (List<JournalMemory> taken, _blocks) = (_blocks, []);
        return taken;
    }

    /// <summary>Gives memory back for the blocks to come: fresh pages cost more than what is written into them.</summary>
    public void Recycle(List<JournalMemory> blocks)
    {
        foreach (JournalMemory block in blocks)
        {
            block.Clear();
            _spare.Push(block);
        }
    }

    public void Dispose()
    {
        IsWhole = false;
        Recycle(Take());
        while (_spare.TryPop(out JournalMemory? block))
            block.Dispose();
    }

    private bool TryAddBlock()
    {
        if ((_blocks.Count + 1L) * JournalBlock.MaxBytes > mostBytes)
            return false;
        _blocks.Add(_spare.TryPop(out JournalMemory? spare) ? spare : new JournalMemory());
        return true;
    }
}
