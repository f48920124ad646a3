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
    /// <param name="consumers">The corridors.</param>
    /// <param name="quarantine">Their quarantine.</param>
    /// <exception cref="IOException">The quarantine could not be made to last, but the rows were; or the store cannot be checkpointed, and the checkpoint before stays good.</exception>
    public static CheckpointResult Take(IRowStore store, IReadOnlyList<UpdateConsumer> consumers, IQuarantine? quarantine)
    {
        var offsets = new Dictionary<string, long>(store.Offsets);
        foreach ((string name, long next) in consumers.SelectMany(consumer => consumer.Positions))
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
