using BenchmarkDotNet.Attributes;
using RecServe.Artifacts;
using RecServe.Ranking;

namespace RecServe.Bench;

/// <summary>One candidate explained over 26 fields with the default 16 orders.</summary>
public class ExplainBenchmark
{
    private Explainer _explainer = null!;
    private float[] _user = [], _item = [];

    [ParamsSource(nameof(Kinds))]
    public string Kind { get; set; } = "";

    public static IEnumerable<string> Kinds => BenchModel.Kinds;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        ModelPackage package = BenchModel.Create(Kind);
        IScorer scorer = ScorerFactory.Create(package);
        _explainer = new Explainer(scorer, package.Tables, package.Architecture, new ExplainOptions());
        _user = [.. Enumerable.Range(0, scorer.Layout.User.Width).Select(_ => random.NextSingle() - 0.5f)];
        _item = [.. Enumerable.Range(0, scorer.Layout.Item.Width).Select(_ => random.NextSingle() - 0.5f)];
    }

    [Benchmark]
    public Explanation Explain() => _explainer.Explain(_user, _item);
}
