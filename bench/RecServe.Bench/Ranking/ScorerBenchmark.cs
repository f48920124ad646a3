using BenchmarkDotNet.Attributes;
using RecServe.Ranking;

namespace RecServe.Bench;

/// <summary>500 candidates of one user: the user's part once (Score) against once a candidate (ScoreRows). One thread, nothing allocated.</summary>
public class ScorerBenchmark
{
    private const int Count = 500;

    private IScorer _scorer = null!;
    private float[] _user = [], _users = [], _items = [], _scratch = [];
    private readonly float[] _logits = new float[Count];

    [ParamsSource(nameof(Kinds))]
    public string Kind { get; set; } = "";

    public static IEnumerable<string> Kinds => BenchModel.Kinds;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _scorer = ScorerFactory.Create(BenchModel.Create(Kind));
        _user = [.. Enumerable.Range(0, _scorer.Layout.User.Width).Select(_ => random.NextSingle() - 0.5f)];
        _users = [.. Enumerable.Repeat(_user, Count).SelectMany(user => user)];
        _items = [.. Enumerable.Range(0, Count * _scorer.Layout.Item.Width).Select(_ => random.NextSingle() - 0.5f)];
        _scratch = new float[_scorer.ScratchFloats(Count)];
    }

    [Benchmark(Baseline = true)]
    public void ScoreRows() => _scorer.ScoreRows(_users, _items, Count, _scratch, _logits);

    [Benchmark]
    public void Score() => _scorer.Score(new RankBatch(_user, _items, Count), _scratch, _logits);
}
