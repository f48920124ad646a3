namespace RecServe.Embeddings;

/// <summary>Why keys of a look-up got no answer from the shared rows; several may hold.</summary>
[Flags]
public enum SharedRowsTrouble
{
    /// <summary>Every key was answered.</summary>
    None = 0,

    /// <summary>There is no connection yet.</summary>
    NotConnected = 1,

    /// <summary>The server failed repeatedly and is not asked until a probe succeeds.</summary>
    BreakerOpen = 2,

    /// <summary>The answer did not come in time.</summary>
    TimedOut = 4,

    /// <summary>The server refused, or the connection broke.</summary>
    Failed = 8,

    /// <summary>Too many keys were being asked for already.</summary>
    Busy = 16,

    /// <summary>The caller left no time.</summary>
    NoTime = 32,
}
