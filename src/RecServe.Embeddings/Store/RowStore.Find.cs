using FASTER.core;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    /// <summary>Reads that wait for the disk together: bounds the memory of a batch.</summary>
    private const int MostPending = 4096;

    // A version shift is over with one refresh. What gets no answer so often has another cause, and must not keep a request for ever.
    private const int MostUnanswered = 100;

    private long _failedBatches;

    /// <summary>Batches that ended early because of the store; what they did not find counts as absent.</summary>
    public long FailedBatches => Interlocked.Read(ref _failedBatches);

    /// <inheritdoc/>
    public long UnansweredReads => FailedBatches + _device.ReadErrors;

    /// <inheritdoc/>
    public void Find(TierBatch batch)
    {
        if (batch.Missing == 0)
            return;
        RowSession session = _sessions.Rent();
        RowFunctions functions = session.Functions;
        functions.Batch = batch;
        bool isSound = false;
        try
        {
            // Reclaiming moves rows to the end of the log and then its begin: a row that moved after its place was looked up seems absent, and is asked for again.
            long begin;
            bool answered;
            int unanswered = 0;
            do
            {
                begin = _log.Log.BeginAddress;
                answered = FindOnce(batch, session);
                if (answered)
                    continue;
                if (++unanswered == MostUnanswered)
                    throw new FasterException("the log gives no answer");
                session.Refresh();
            }
            while (batch.Missing > 0 && (!answered || _log.Log.BeginAddress != begin));
            isSound = true;
        }
        catch (FasterException)
        {
            // What was not found stays so, and the request goes on with the tiers below.
            Interlocked.Increment(ref _failedBatches);
        }
        finally
        {
            functions.Batch = null;
            _sessions.Return(session, isSound);
        }
    }

    /// <summary>Looks up what is missing; whether every look-up was answered.</summary>
    private static bool FindOnce(TierBatch batch, RowSession session)
    {
        int pending = 0;
        long before = session.Functions.Answered;
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Tier(i) != RowTier.None || batch.IsDeleted(i))
                continue;
            int? length = session.Read(new RowKey(batch.Table(i).Value, batch.Key(i)), i);
            if (length > 0)
                session.Functions.Deliver(i, length.Value, RowTier.FasterMemory);
            else if (length is null && ++pending % MostPending == 0)
                session.Complete();
        }

        if (pending > 0)
            session.Complete();
        return session.Functions.Answered == before + pending;
    }
}
