namespace RecServe.Ranking;

/// <summary>A loaded model as a pure function from gathered floats to logits. Immutable and thread-safe; scratch memory is the caller's.</summary>
public interface IScorer
{
    /// <summary>Where the gathered floats go.</summary>
    ModelLayout Layout { get; }

    /// <summary>
    /// Logits of a candidate: 1, or with several tasks one more than there are tasks: the logit that candidates are ranked by, then each task's.
    /// </summary>
    int Outputs => 1;

    /// <summary>Floats of scratch memory that scoring <paramref name="count"/> rows needs, by either method; what does for some rows does for fewer.</summary>
    int ScratchFloats(int count);

    /// <summary>Scores one user's candidates; what depends on the user alone is computed once.</summary>
    /// <param name="batch">The gathered floats.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats; overwritten.</param>
    /// <param name="logits">[candidates, <see cref="Outputs"/>].</param>
    void Score(in RankBatch batch, Span<float> scratch, Span<float> logits);

    /// <summary>Scores rows that each have a user of their own (evaluation, explanation).</summary>
    /// <param name="users">count × User.Width floats, row-major.</param>
    /// <param name="items">count × Item.Width floats, row-major.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats; overwritten.</param>
    /// <param name="logits">[rows, <see cref="Outputs"/>].</param>
    void ScoreRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits);
}
