namespace RecServe.Embeddings;

/// <summary>The store cannot do what was asked: its disk is full or broken, or its directory is in use or damaged. The message says which and what to do.</summary>
public sealed class RowStoreException : IOException
{
    /// <summary>A failure without a cause beneath it.</summary>
    public RowStoreException(string message) : base(message)
    {
    }

    /// <summary>A failure that another caused.</summary>
    public RowStoreException(string message, Exception inner) : base(message, inner)
    {
    }
}
