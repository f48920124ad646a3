using RecServe.Embeddings;

namespace RecServe.Stream;

/// <summary>Makes applied updates outlive the process together with how far they were applied.</summary>
public static class UpdateCheckpoint
{
    /// <summary>
    /// Takes a checkpoint. The offsets are read before the quarantine is made to last and before the store begins: what they stand for is in both. Offsets of
    /// other sources stay as they are. Where the quarantine cannot be made to last, rows are, with the offsets of the checkpoint before: what came since is read again.
    /// </summary>
    /// <param name="store">The node's store.</param>
    /// <param name="consumer">The corridor; null where there is none.</param>
    /// <param name="quarantine">Its quarantine.</param>
    /// <exception cref="IOException">The quarantine could not be made to last, but the rows were; or the store cannot be checkpointed, and the checkpoint before stays good.</exception>
    public static CheckpointResult Take(IRowStore store, UpdateConsumer? consumer, IQuarantine? quarantine)
    {
        var offsets = new Dictionary<string, long>(store.Offsets);
        foreach ((string name, long next) in consumer?.Positions ?? new Dictionary<string, long>())
            offsets[name] = next;
        try
        {
            quarantine?.Flush();
        }
        catch (IOException)
        {
            store.Checkpoint(store.Offsets);
            throw;
        }

        return store.Checkpoint(offsets);
    }
}
