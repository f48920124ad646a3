namespace RecServe.Ranking;

/// <summary>One addend of a model's logit. Logits hold what the parts before it gave; a part adds its own.</summary>
internal interface IScorerPart
{
    /// <summary>Forms that the shared part can have, 1 or more; they are numbered from 0.</summary>
    int Forms => 1;

    /// <summary>The form for <paramref name="count"/> candidates, whether the shared part is kept for requests to come or not.</summary>
    int FormFor(int count, bool kept) => 0;

    /// <summary>Floats of what candidates of one user share, in a form.</summary>
    int RequestFloats(int form);

    /// <summary>Most floats that the shared part takes for <paramref name="count"/> candidates or fewer, not kept.</summary>
    int MostRequestFloats(int count) => RequestFloats(0);

    /// <summary>Floats of scratch memory that <paramref name="count"/> rows or fewer need, for any method; in any form where shared parts are kept.</summary>
    int ScratchFloats(int count, bool kept);

    /// <summary>Makes what candidates of a user share.</summary>
    void Share(ReadOnlySpan<float> user, int form, Span<float> request, Span<float> scratch);

    /// <summary>One user's candidates; <paramref name="request"/> is their shared part in the given form.</summary>
    void Add(in RankBatch batch, int form, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits);

    /// <summary>Rows with users of their own.</summary>
    void AddRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits);
}
