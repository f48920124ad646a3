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
    private readonly int[] _chosen, _chosenKept;
    private readonly int[] _request = new int[Tabulated + 2], _scratch = new int[Tabulated + 2];
    private readonly int _outputs;

    /// <param name="layout">Where the floats stand.</param>
    /// <param name="plans">Those of the network and what stands on it.</param>
    /// <param name="outputs">Outputs of what stands on it: 1 for a head.</param>
    /// <param name="rest">The layers above its dense layer, and the head; null where the head stands on the network directly.</param>
    public CrossPart(ModelLayout layout, CrossPlans<float, FloatWeights> plans, int outputs, HiddenLayers? rest)
    {
        (_layout, _plans, _outputs, _rest) = (layout, plans, outputs, rest);
        _chosen = [.. Enumerable.Range(0, Tabulated + 1).Select(count => _plans.Choose(count, 1))];
        _chosenKept = [.. Enumerable.Range(0, Tabulated + 1).Select(count => _plans.Choose(count, ScoringCosts.UsesOfKept))];
        for (int count = 1; count <= Tabulated + 1; count++)
        {
            // Memory for many candidates must do for fewer, whose plan may need more of it; the last entry does for every plan.
            IEnumerable<ICrossPlan<float>> offered = count <= Tabulated ? [_plans.All[_chosen[count]]] : _plans.All;
            _request[count] = Math.Max(_request[count - 1], offered.Max(plan => plan.RequestLength));
            _scratch[count] = Math.Max(_scratch[count - 1], offered.Max(plan => Scratch(plan, RowPass.Most(count))));
        }
    }

    // A form of the shared part is that of a plan.
    public int Forms => _plans.All.Length;

    public int FormFor(int count, bool kept) => count <= Tabulated ? (kept ? _chosenKept : _chosen)[count]
        : _plans.Choose(count, kept ? ScoringCosts.UsesOfKept : 1);

    public int RequestFloats(int form) => _plans.All[form].RequestLength;

    public int MostRequestFloats(int count) => _request[Math.Min(count, Tabulated + 1)];

    public int ScratchFloats(int count, bool kept)
    {
        int most = _scratch[Math.Min(count, Tabulated + 1)];
        if (!kept)
            return most;
        foreach (ICrossPlan<float> plan in _plans.All)
            most = Math.Max(most, Scratch(plan, RowPass.Most(count)));
        return most;
    }

    public void Share(ReadOnlySpan<float> user, int form, Span<float> request, Span<float> scratch) =>
        _plans.All[form].Share(user[.._layout.User.Dense], request, scratch);

    public void Add(in RankBatch batch, int form, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits)
    {
        ReadOnlySpan<float> user = batch.User[.._layout.User.Dense];
        ICrossPlan<float> plan = _plans.All[form];
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
