namespace RecServe.Ranking.Tests;

/// <summary>A model with one candidate to explain, and its Shapley values by definition in double precision.</summary>
internal sealed class ExplainSample
{
    private readonly ReferenceModel _reference;
    private readonly SampleRows _rows;

    public ExplainSample(string kind, int users, int items, int seed)
    {
        Model = new SampleModel(kind, [.. Enumerable.Repeat(4, users)], [.. Enumerable.Repeat(4, items)], [13, 7], 2, seed);
        Scorer = new CountingScorer(ScorerFactory.Create(Model.Package));
        _reference = new ReferenceModel(Model.Package);
        _rows = new SampleRows(Model, Scorer.Layout, 1);
    }

    public SampleModel Model { get; }

    public CountingScorer Scorer { get; }

    public int Fields => Model.Package.Fields.Count;

    public float[] User => _rows.User;

    public float[] Item => _rows.Items;

    public Explainer Explainer(int orders = 16, int seed = 1) =>
        new(Scorer, Model.Package.Tables, Model.Package.Architecture, new ExplainOptions { Orders = orders, Seed = seed });

    public Explanation Explain(Explainer explainer) => explainer.Explain(User, Item);

    /// <summary>The logit with the fields of <paramref name="subset"/> at their values and the others at their means.</summary>
    public double Logit(int subset)
    {
        double[][] values = _rows.Fields(0);
        return _reference.Logit([.. values.Select((value, f) =>
            (subset & (1 << f)) != 0 ? value : [.. Model.Package.Tables[f].Mean.Select(mean => (double)mean)])]);
    }

    /// <summary>Σ over subsets S without f of |S|!·(F − |S| − 1)!/F! · (v(S ∪ f) − v(S)).</summary>
    public double[] ShapleyValues()
    {
        double[] v = [.. Enumerable.Range(0, 1 << Fields).Select(Logit)];
        double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
        return [.. Enumerable.Range(0, Fields).Select(f => Enumerable.Range(0, v.Length).Where(s => (s & (1 << f)) == 0).Sum(s =>
        {
            int size = int.PopCount(s);
            return Factorial(size) * Factorial(Fields - size - 1) / Factorial(Fields) * (v[s | (1 << f)] - v[s]);
        }))];
    }

    public static IEnumerable<int[]> Permutations(int[] rest) => rest.Length == 0
        ? [[]]
        : rest.SelectMany(first => Permutations([.. rest.Where(other => other != first)]).Select(order => (int[])[first, .. order]));
}
