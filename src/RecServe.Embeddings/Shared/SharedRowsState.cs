namespace RecServe.Embeddings;

/// <summary>Whether the shared rows answer.</summary>
public enum SharedRowsState
{
    /// <summary>There is no connection yet.</summary>
    Connecting = 0,

    /// <summary>All of them do.</summary>
    Closed = 1,

    /// <summary>A part of the cluster is not asked, the rest answers.</summary>
    PartlyOpen = 2,

    /// <summary>Nothing is asked until a probe succeeds.</summary>
    Open = 3,
}
