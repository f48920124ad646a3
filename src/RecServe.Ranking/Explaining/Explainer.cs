using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>
/// Contributions of the fields to a logit: Shapley values (Shapley 1953; order sampling after Strumbelj and Kononenko 2014) against the
/// average request, in which every field is at its mean over the training samples. lr and fm: a closed form. Other kinds: all subsets
/// of the fields where that is fewer rows than the orders take (6 fields at 16 orders), seeded orders otherwise, at most
/// Orders · (fields − 1) + 1 scored rows an explanation. Thread-safe; memory is a pooled batch of <see cref="MixedRows.Capacity"/> rows.
/// </summary>
public sealed partial class Explainer
{
    /// <summary>Most fields that <see cref="ExplainExact"/> takes: 1,024 subsets.</summary>
    public const int MostExactFields = 10;

    private const int MostOrders = 4096;

    private readonly IScorer _scorer;
    private readonly FieldMixer _mixer;
    private readonly string _kind;
    private readonly int[][] _orders;
    private readonly double _base;

    /// <summary>Makes the explainer of a loaded model.</summary>
    /// <param name="scorer">The model.</param>
    /// <param name="tables">The package's tables, one a field in the order of its fields; their means are the base.</param>
    /// <param name="architecture">The package's architecture: says which kinds have a closed form.</param>
    /// <param name="options">Amount of work.</param>
    /// <exception cref="ArgumentException">Not one table a field, or orders out of range.</exception>
    /// <exception cref="PackageException">A table's mean has another width than its field.</exception>
    public Explainer(IScorer scorer, IReadOnlyList<PackageTable> tables, ModelArchitecture architecture, ExplainOptions options)
    {
        if (options.Orders is < 1 or > MostOrders)
            throw new ArgumentOutOfRangeException(nameof(options), $"orders is {options.Orders}, expected 1 to {MostOrders}");
        _scorer = scorer;
        _mixer = new FieldMixer(scorer.Layout, tables);
        _kind = architecture.Kind;
        _orders = FieldOrders.Sample(_mixer.Fields, options.Orders, options.Seed);
        using var rows = new MixedRows(scorer);
        rows.Append(_mixer.Means);
        _base = rows.Score()[0];
    }

    /// <summary>Explains one candidate by the cheapest form that the model allows.</summary>
    /// <param name="user">User and context vector as gathered for scoring.</param>
    /// <param name="item">The candidate's vector.</param>
    /// <exception cref="ArgumentException">A vector has another width than the layout.</exception>
    public Explanation Explain(ReadOnlySpan<float> user, ReadOnlySpan<float> item)
    {
        if (_kind is "lr" or "fm")
        {
            double[] contributions = ClosedForm.Contributions(_mixer, Row(user, item), _kind == "fm");
            return new Explanation(_base, _base + contributions.Sum(), contributions);
        }

        int fields = _mixer.Fields;
        bool few = fields <= MostExactFields && 1 << fields <= (long)_orders.Length * (fields - 1) + 2;
        return few ? ExplainExact(user, item) : ByOrders(Row(user, item), _orders);
    }

    /// <summary>Averages over the given orders of the fields; over all orders it is the Shapley value itself.</summary>
    /// <param name="user">User and context vector.</param>
    /// <param name="item">The candidate's vector.</param>
    /// <param name="orders">Each holds every field index once.</param>
    /// <exception cref="ArgumentException">There is no order, one is no permutation, or a vector has another width than the layout.</exception>
    public Explanation ExplainByOrders(ReadOnlySpan<float> user, ReadOnlySpan<float> item, IReadOnlyList<int[]> orders)
    {
        FieldOrders.Check(orders, _mixer.Fields);
        return ByOrders(Row(user, item), orders);
    }

    private Explanation ByOrders(float[] row, IReadOnlyList<int[]> orders)
    {
        int fields = _mixer.Fields;
        using var rows = new MixedRows(_scorer);
        rows.Append(row);
        double logit = rows.Score()[0];
        var sums = new double[fields];
        var mixed = new float[row.Length];
        var switched = new int[MixedRows.Capacity];
        var last = new int[MixedRows.Capacity];
        double previous = _base;
        foreach (int[] order in orders)
        {
            _mixer.Means.CopyTo(mixed);
            if (fields == 1)
                sums[0] += logit - _base;
            for (int i = 0; i < fields - 1; i++)
            {
                _mixer.Copy(order[i], row, mixed);
                switched[rows.Count] = order[i];
                last[rows.Count] = i == fields - 2 ? order[^1] : -1;
                rows.Append(mixed);
                if (rows.IsFull)
                    previous = Telescope(rows.Score(), switched, last, logit, previous, sums);
            }
        }

        Telescope(rows.Score(), switched, last, logit, previous, sums);
        for (int f = 0; f < fields; f++)
            sums[f] /= orders.Count;
        return new Explanation(_base, logit, sums);
    }

    // Along an order each row differs from the one before it in one field; the last field's row is the candidate itself.
    private double Telescope(ReadOnlySpan<float> logits, int[] switched, int[] last, double logit, double previous, double[] sums)
    {
        for (int r = 0; r < logits.Length; r++)
        {
            sums[switched[r]] += logits[r] - previous;
            previous = logits[r];
            if (last[r] >= 0)
            {
                sums[last[r]] += logit - previous;
                previous = _base;
            }
        }

        return previous;
    }

    private float[] Row(ReadOnlySpan<float> user, ReadOnlySpan<float> item)
    {
        if (user.Length != _scorer.Layout.User.Width || item.Length != _scorer.Layout.Item.Width)
            throw new ArgumentException(
                $"expected {_scorer.Layout.User.Width} user and {_scorer.Layout.Item.Width} item floats, got {user.Length} and {item.Length}");
        return [.. user, .. item];
    }
}
