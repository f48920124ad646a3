namespace RecServe.Embeddings;

/// <summary>A cache of whole keys for comparison: which of them it holds is all that matters.</summary>
internal interface IEvictionPolicy : IDisposable
{
    /// <summary>Asks for a key and takes it in if the policy wants it.</summary>
    /// <returns>Whether it was there.</returns>
    bool Access(int key);
}
