using RecServe.Api.Models;
using RecServe.Api.Updates;
using RecServe.Embeddings;

namespace RecServe.Api.Rank;

/// <summary>A finished ranking, in slices of the scratch memory.</summary>
internal readonly ref struct RankResult(RankingId id, ServingModel model, ReadOnlySpan<int> candidates, ReadOnlySpan<float> logits, ReadOnlySpan<float> scored,
    ReadOnlySpan<int> top, GatherCounts rows, string degraded, Freshness freshness)
{
    /// <summary>Identity of the answer; feedback names it.</summary>
    public RankingId Id { get; } = id;

    /// <summary>The model that ranked.</summary>
    public ServingModel Model { get; } = model;

    /// <summary>Indices, in the request's items, of the candidates that were ranked.</summary>
    public ReadOnlySpan<int> Candidates { get; } = candidates;

    /// <summary>The logit that each of <see cref="Candidates"/> is ranked by.</summary>
    public ReadOnlySpan<float> Logits { get; } = logits;

    /// <summary>All that the scorer gave for each of them, <see cref="Ranking.IScorer.Outputs"/> logits.</summary>
    public ReadOnlySpan<float> Scored { get; } = scored;

    /// <summary>Positions in <see cref="Candidates"/> to return, best first.</summary>
    public ReadOnlySpan<int> Top { get; } = top;

    /// <summary>Distinct rows asked for, by tier.</summary>
    public GatherCounts Rows { get; } = rows;

    /// <summary>Why the answer is worse than asked for; "none" where it is not.</summary>
    public string Degraded { get; } = degraded;

    /// <summary>How fresh its rows are.</summary>
    public Freshness Freshness { get; } = freshness;
}
