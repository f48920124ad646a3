namespace RecServe.Ranking;

/// <summary>A scorer whose work for a user can be kept: what the user's candidates share is made apart from scoring them.</summary>
public interface ISharedScorer : IScorer
{
    /// <summary>Which form the shared part has for so many candidates; parts of one form are interchangeable.</summary>
    /// <param name="count">Number of candidates.</param>
    /// <param name="kept">Whether the part is kept for requests to come, so that a dearer one may pay.</param>
    int SharedForm(int count, bool kept);

    /// <summary>Number of forms; forms are numbered from 0.</summary>
    int SharedForms { get; }

    /// <summary>Floats of the shared part of a form.</summary>
    int SharedFloats(int form);

    /// <summary>Makes the shared part of a user.</summary>
    /// <param name="user">The user's vector.</param>
    /// <param name="form">The form.</param>
    /// <param name="part">Takes <see cref="SharedFloats"/> floats; on a cache line it is read fastest.</param>
    /// <param name="scratch">At least <see cref="SharedScratchFloats"/> floats; overwritten.</param>
    void Share(ReadOnlySpan<float> user, int form, Span<float> part, Span<float> scratch);

    /// <summary>Scores one user's candidates with the user's shared part.</summary>
    /// <param name="batch">The gathered floats.</param>
    /// <param name="form">The form of the shared part.</param>
    /// <param name="part">The shared part of the batch's user.</param>
    /// <param name="scratch">At least <see cref="SharedScratchFloats"/> floats; overwritten.</param>
    /// <param name="logits">[candidates, Outputs].</param>
    void ScoreShared(in RankBatch batch, int form, ReadOnlySpan<float> part, Span<float> scratch, Span<float> logits);

    /// <summary>Floats of scratch memory that making a shared part of any form and scoring <paramref name="count"/> rows with it need.</summary>
    int SharedScratchFloats(int count);
}
