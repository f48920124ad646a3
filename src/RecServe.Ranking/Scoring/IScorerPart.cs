namespace RecServe.Ranking;

/// <summary>One addend of a model's logit. Logits hold what the parts before it gave; a part adds its own.</summary>
internal interface IScorerPart
{
    /// <summary>Floats of what <paramref name="count"/> candidates of one user share.</summary>
    int RequestFloats(int count);

    /// <summary>Floats of scratch memory that <paramref name="count"/> rows need, for any method.</summary>
    int ScratchFloats(int count);

    /// <summary>Makes what <paramref name="count"/> candidates of a user share.</summary>
    void Share(ReadOnlySpan<float> user, int count, Span<float> request, Span<float> scratch);

    /// <summary>One user's candidates; <paramref name="request"/> is their shared part for as many candidates.</summary>
    void Add(in RankBatch batch, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits);

    /// <summary>Rows with users of their own.</summary>
    void AddRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits);
}
