using RecServe.Kernels;

namespace RecServe.Ranking;

internal sealed partial class ExpertStage<T, TWeights>
{
    private readonly IReadOnlyList<int> _widths;
    private readonly int _topK, _users, _items;
    private readonly long[] _loads;

    /// <summary>Rows that each expert was asked for; empty where all experts run for every row.</summary>
    public IReadOnlyList<long> Loads => _loads;

    /// <summary>Numbers of scratch memory for rows that are gathered.</summary>
    public int Gathered(int rows) => _topK == 0 ? 0 : RowPass.Lines(rows * _users) + RowPass.Lines(rows * _items);

    /// <summary>Probabilities of a gate to those of the experts that each row takes, in place: the others are 0.</summary>
    private void Choose(Span<T> probabilities, int rows)
    {
        int n = _experts.Length;
        Span<bool> chosen = stackalloc bool[n];
        Span<T> gates = stackalloc T[n];
        for (int row = 0; row < rows; row++)
        {
            Span<T> p = probabilities.Slice(row * n, n);
            ExpertChoice.Largest(p, _topK, chosen);
            ExpertChoice.Gates(p, chosen, n, true, gates);
            gates.CopyTo(p);
        }
    }

    /// <summary>Every expert once over the rows that any gate sends to it, gathered so that a product has as many rows as the expert has load.</summary>
    private void ApplyChosen(in SidedRows<T> x, Span<T> gathered, Span<T> first, Span<T> second, ReadOnlySpan<T> gates, int gateArea, Span<T> mixed, int stream)
    {
        int rows = x.Count, count = _gateWidths.Length, n = _experts.Length;
        Span<int> all = stackalloc int[RowPass.Rows];
        for (int g = 0; g < count; g++)
            mixed.Slice(g * stream, rows * _width).Clear();
        for (int e = 0; e < n; e++)
        {
            ReadOnlySpan<int> taken = all[..ChosenRows.Find(gates, gateArea, count, n, rows, e, all)];
            Interlocked.Add(ref _loads[e], taken.Length);
            if (taken.IsEmpty)
                continue;
            bool standing = AsTheyStand(taken.Length, rows);
            ReadOnlySpan<T> y = Expert(e, x, standing, taken, gathered, first, second);
            ChosenRows.Mix(y, _width, standing, taken, gates, gateArea, count, n, e, mixed, stream);
        }
    }

    private ReadOnlySpan<T> Expert(int e, in SidedRows<T> x, bool standing, ReadOnlySpan<int> taken, Span<T> gathered, Span<T> first, Span<T> second)
    {
        Stack<T, TWeights> layers = _experts[e].Layers;
        if (standing)
        {
            _sided[e].Apply(x, _requestAt[e], Activation.Relu, first);
            return layers.Apply(first, x.Count, second, first);
        }

        if (!x.Parts.IsEmpty)
        {
            // From kept parts the first layer is one addition a number: less than reading them row by row in another order.
            int width = _sided[e].Outputs;
            _sided[e].Apply(x, _requestAt[e], Activation.Relu, first);
            ChosenRows.Gather(first, width, width, taken, second);
            return layers.Apply(second, taken.Length, first, second);
        }

        _sided[e].Apply(Taken(x, taken, gathered), _requestAt[e], Activation.Relu, first);
        return layers.Apply(first, taken.Length, second, first);
    }

    private SidedRows<T> Taken(in SidedRows<T> x, ReadOnlySpan<int> taken, Span<T> gathered)
    {
        Span<T> items = gathered[..(taken.Length * _items)], users = gathered[RowPass.Lines(x.Count * _items)..];
        ChosenRows.Gather(x.Items, x.ItemStride, _items, taken, items);
        if (x.IsShared)
            return SidedRows<T>.OfOneUser(x.Shared, items, _items, taken.Length);
        ChosenRows.Gather(x.Users, x.UserStride, _users, taken, users);
        return SidedRows<T>.OfUsers(users, _users, items, _items, taken.Length);
    }

    /// <summary>Whether an expert is computed for all rows of a pass as they stand, because gathering those that chose it would cost more: by the counted work of both.</summary>
    internal bool AsTheyStand(int taken, int rows)
    {
        ScoringCosts costs = ScoringCosts.Measured;
        return costs.Microseconds(Work(rows)) <= costs.Microseconds(Work(taken) + PlanWork.Moved((long)taken * _items));
    }

    private PlanWork Work(int rows)
    {
        PlanWork work = PlanWork.Product(rows, _widths[0], _items);
        for (int i = 1; i < _widths.Count; i++)
            work += PlanWork.Product(rows, _widths[i], _widths[i - 1]);
        return work;
    }
}
