namespace RecServe.Embeddings;

/// <summary>What became of a change, and what it replaced.</summary>
internal struct ChangeOutcome
{
    public OutcomeKind Kind;
    public ApplyRefusal Refusal;

    /// <summary>Bytes of the replaced record; 0 if there was none.</summary>
    public int OldBytes;

    public bool OldIsTombstone;

    /// <summary>Bytes of the new one.</summary>
    public int NewBytes;
}

/// <summary>The ways a change can end.</summary>
internal enum OutcomeKind : byte
{
    /// <summary>Nothing is known yet.</summary>
    None,
    Applied,
    Stale,
    Refused,

    /// <summary>The old version could not be read, so that nothing was changed.</summary>
    Unreadable,
}
