using System.Diagnostics;
using RecServe.Artifacts;
using RecServe.Kernels;
using RecServe.Ranking;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;

namespace RecServe.Cli.Bench.Experts;

/// <summary>A package that scores requests made of samples: the user of one, the items of others. Not thread-safe.</summary>
internal sealed class ScoredRequests
{
    private readonly SideGather _users, _candidates;
    private readonly AlignedFloats _user, _items, _scratch;
    private readonly float[] _logits;
    private readonly int _count;

    /// <param name="package">The package.</param>
    /// <param name="data">Samples encoded for it.</param>
    /// <param name="candidates">Candidates of a request.</param>
    public ScoredRequests(ModelPackage package, Dataset data, int candidates)
    {
        Scorer = ScorerFactory.Create(package);
        (_users, _candidates, _count) = (new SideGather(Scorer.Layout.User, package, data), new SideGather(Scorer.Layout.Item, package, data), candidates);
        (_user, _items) = (new AlignedFloats(_users.Width), new AlignedFloats(candidates * _candidates.Width));
        _scratch = new AlignedFloats(Scorer.ScratchFloats(candidates));
        _logits = new float[candidates * Scorer.Outputs];
    }

    /// <summary>Scores by the cheapest plan.</summary>
    public IScorer Scorer { get; }

    /// <summary>Gathers a request.</summary>
    /// <param name="user">The sample whose user asks.</param>
    /// <param name="candidates">The samples whose items are the candidates.</param>
    public void Gather(int user, ReadOnlySpan<int> candidates)
    {
        _users.Gather(user, 1, _user.Span);
        for (int i = 0; i < candidates.Length; i++)
            _candidates.Gather(candidates[i], 1, _items.Span[(i * _candidates.Width)..]);
    }

    /// <summary>Scores the request and gives the microseconds.</summary>
    public double Score()
    {
        long start = Stopwatch.GetTimestamp();
        Scorer.Score(new RankBatch(_user.Span, _items.Span, _count), _scratch.Span, _logits);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
