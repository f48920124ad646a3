using FASTER.core;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    /// <summary>Reads that wait for the disk together: bounds the memory of a batch.</summary>
    private const int MostPending = 4096;

    private long _failedBatches;

    /// <inheritdoc/>
    public void Find(TierBatch batch)
    {
        if (batch.Missing == 0)
            return;
        RowSession session = _sessions.Rent();
        RowFunctions functions = session.Functions;
        functions.Batch = batch;
        try
        {
            int pending = 0;
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Tier(i) != RowTier.None || batch.IsDeleted(i))
                    continue;
                int? length = session.Read(new RowKey(batch.Table(i).Value, batch.Key(i)), i);
                if (length > 0)
                    functions.Deliver(i, length.Value, RowTier.FasterMemory);
                else if (length is null && ++pending % MostPending == 0)
                    session.Complete();
            }

            if (pending > 0)
                session.Complete();
        }
        catch (FasterException)
        {
            // What was not found stays so, and the request goes on with the tiers below.
            Interlocked.Increment(ref _failedBatches);
        }
        finally
        {
            functions.Batch = null;
            _sessions.Return(session);
        }
    }
}
