namespace RecServe.Ranking;

/// <summary>One addend of a model's logit. Logits hold what the parts before it gave; a part adds its own.</summary>
internal interface IScorerPart
{
    /// <summary>Floats of scratch memory that <paramref name="count"/> rows need.</summary>
    int ScratchFloats(int count);

    /// <summary>One user's candidates.</summary>
    void Add(in RankBatch batch, Span<float> scratch, Span<float> logits);

    /// <summary>Rows with users of their own.</summary>
    void AddRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits);
}
