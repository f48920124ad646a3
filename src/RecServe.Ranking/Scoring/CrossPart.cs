namespace RecServe.Ranking;

/// <summary>
/// A cross network under a head (parallel dcnv2) or under an MLP and its head (stacked), by whichever plan is cheapest for the number of
/// candidates.
/// </summary>
internal sealed class CrossPart : IScorerPart
{
    // Counts whose plan is looked up; for more, comparing the plans is nothing beside the work itself.
    private const int Tabulated = 1024;

    private readonly ModelLayout _layout;
    private readonly CrossPlans<float, FloatWeights> _plans;
    private readonly HiddenLayers? _rest;
    private readonly ICrossPlan<float>[] _chosen;
    private readonly int[] _request = new int[Tabulated + 2], _scratch = new int[Tabulated + 2];
    private readonly int _outputs;

    /// <param name="layout">Where the floats stand.</param>
    /// <param name="weights">The network and what stands on it.</param>
    /// <param name="rest">The layers above its dense layer, and the head; null where the head stands on the network directly.</param>
    public CrossPart(ModelLayout layout, CrossWeights<float, FloatWeights> weights, HiddenLayers? rest)
    {
        _layout = layout;
        _plans = new CrossPlans<float, FloatWeights>(weights);
        _rest = rest;
        _outputs = weights.Outputs;
        _chosen = [.. Enumerable.Range(0, Tabulated + 1).Select(_plans.Choose)];
        for (int count = 1; count <= Tabulated + 1; count++)
        {
            // Memory for many candidates must do for fewer, whose plan may need more of it; the last entry does for every plan.
            IEnumerable<ICrossPlan<float>> plans = count <= Tabulated ? [_chosen[count]] : _plans.All;
            _request[count] = Math.Max(_request[count - 1], plans.Max(plan => plan.RequestLength));
            _scratch[count] = Math.Max(_scratch[count - 1], plans.Max(plan => Scratch(plan, RowPass.Most(count))));
        }
    }

    /// <summary>The plan for so many candidates.</summary>
    public ICrossPlan<float> PlanFor(int count) => count <= Tabulated ? _chosen[count] : _plans.Choose(count);

    /// <summary>Every plan.</summary>
    public IReadOnlyList<ICrossPlan<float>> Plans => _plans.All;

    public int RequestFloats(int count) => _request[Math.Min(count, Tabulated + 1)];

    public int ScratchFloats(int count) => _scratch[Math.Min(count, Tabulated + 1)];

    public void Share(ReadOnlySpan<float> user, int count, Span<float> request, Span<float> scratch) =>
        PlanFor(count).Share(user[.._layout.User.Dense], request, scratch);

    public void Add(in RankBatch batch, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits) =>
        Add(PlanFor(batch.Count), batch, request, scratch, logits);

    /// <summary>One user's candidates by a given plan, whose shared part is given.</summary>
    public void Add(ICrossPlan<float> plan, in RankBatch batch, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits)
    {
        ReadOnlySpan<float> user = batch.User[.._layout.User.Dense];
        for (int r = 0, rows; r < batch.Count; r += rows)
        {
            rows = RowPass.Most(batch.Count - r);
            int area = Area(rows);
            Span<float> h = _rest is null ? logits[r..] : scratch[..area];
            plan.Apply(user, request, batch.Items[(r * _layout.Item.Width)..], _layout.Item.Width, rows, scratch[(2 * area)..], h);
            _rest?.Finish(h, scratch.Slice(area, area), rows, logits.Slice(r, rows));
        }
    }

    public void AddRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        int userWidth = _layout.User.Width, itemWidth = _layout.Item.Width;
        for (int r = 0, rows; r < count; r += rows)
        {
            rows = RowPass.Most(count - r);
            int area = Area(rows);
            Span<float> h = _rest is null ? logits[r..] : scratch[..area];
            _plans.Plain.ApplyRows(users[(r * userWidth)..], userWidth, items[(r * itemWidth)..], itemWidth, rows, scratch[(2 * area)..], h);
            _rest?.Finish(h, scratch.Slice(area, area), rows, logits.Slice(r, rows));
        }
    }

    private int Scratch(ICrossPlan<float> plan, int rows) =>
        Math.Max(plan.ShareScratch, (2 * Area(rows)) + Math.Max(plan.RowScratch(rows), _plans.Plain.RowScratch(rows)));

    private int Area(int rows) => _rest is null ? 0 : RowPass.Lines(rows * Math.Max(_outputs, _rest.Width));
}
