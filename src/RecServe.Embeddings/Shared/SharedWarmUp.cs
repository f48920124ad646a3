namespace RecServe.Embeddings;

/// <summary>How far a warm-up is, or how it ended.</summary>
/// <param name="Seen">Rows of all tables that the server has named.</param>
/// <param name="Handed">Rows and deletions handed over.</param>
/// <param name="Trouble">What kept it from being complete; rows that were handed over are good all the same.</param>
/// <param name="IsCut">Whether it ended at the most rows that the caller wanted.</param>
public readonly record struct SharedWarmUp(long Seen, long Handed, SharedRowsTrouble Trouble, bool IsCut)
{
    /// <summary>Whether every row of the tables that was there throughout was handed over.</summary>
    public bool IsComplete => Trouble == SharedRowsTrouble.None && !IsCut;
}
