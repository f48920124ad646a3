namespace RecServe.Embeddings;

public sealed unsafe partial class ResidentTable
{
    // Bounds the delta: a writer that is this far ahead of the slowest reader waits for it.
    private const int MostMoving = 1 << 16;

    // A look-up of a displaced row costs some 80 ns more. Popular rows are updated most: left until the next batch of updates, they would be displaced all the time.
    private const int SettleEvery = 256, WorthAWait = 64;

    // Longer than a gather of 13,000 rows; a reader that lost its core in the middle of one is not waited for.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMicroseconds(500);

    private readonly Queue<MovingRow> _moving = [];
    private readonly Queue<(TablePart Part, long Epoch)> _retired = [];

    /// <summary>Brings rewritten rows back into their slots as far as readers allow, without waiting, and growth a part further. Apply does it too; call it when updates pause.</summary>
    /// <returns>Rows that are still on their way.</returns>
    public int Settle()
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            SettleBatch();
            FoldOneLagging();
            _epochs.Advance();
            return _moving.Count;
        }
    }

    /// <summary>
    /// 1. A displaced row whose slot no reader can be looking at goes back into the slot. 2. One epoch later no reader is left that saw the
    /// slot's mark, and the delta forgets the row.
    /// </summary>
    private void SettleBatch()
    {
        long oldest = _epochs.Oldest(), current = _epochs.Current;
        int waiting = _moving.Count;
        while (waiting-- > 0 && _moving.Peek().Epoch < oldest)
        {
            (TablePart part, int number, long epoch) = _moving.Dequeue();
            if (part.IsRetired)
                continue;
            ref DeltaRow row = ref part.Delta[number];
            if (row.Epoch != epoch)
                continue;
            if (row.State == DeltaState.Displaced)
            {
                part.Restore(row.Slot, row.Key, part.Delta.RowAt(number), row.Version);
                part.Delta.Move(number, DeltaState.Restored, current);
                _moving.Enqueue(new MovingRow(part, number, current));
            }
            else if (row.State == DeltaState.Restored)
            {
                part.Delta.Remove(number, _directory.Hash.Of(row.Key), current);
            }
        }

        while (_retired.TryPeek(out var retired) && retired.Epoch < oldest)
            _retired.Dequeue().Part.Dispose();
    }

    /// <summary>Gives the readers inside a moment to leave and puts the rows back that were displaced until now. Gives the oldest reader's epoch.</summary>
    private long SettleSoon()
    {
        long epoch = _epochs.Advance(), start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (_epochs.Oldest() <= epoch && System.Diagnostics.Stopwatch.GetElapsedTime(start) < LongestWait)
            Thread.SpinWait(30);
        SettleBatch();
        return _epochs.Oldest();
    }

    /// <summary>Waits until no reader is left of those inside, and settles. Gives the oldest reader's epoch.</summary>
    private long SettleAll()
    {
        WaitForReaders(_epochs.Advance());
        SettleBatch();
        return _epochs.Oldest();
    }

    private void WaitForReaders(long epoch)
    {
        SpinWait wait = default;
        while (_epochs.Oldest() <= epoch)
            wait.SpinOnce();
    }
}
