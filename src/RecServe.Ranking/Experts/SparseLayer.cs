using System.Numerics;
using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// One layer of sparse experts: routers, choice, then every expert once over the rows of all routers that chose it (rows gathered, so that a product has as many
/// rows as the expert has load; all rows as they stand where nearly all chose it). Experts go by falling load. Zeros and copies cost no product.
/// </summary>
internal sealed class SparseLayer<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly SparseArchitecture _shape;
    private readonly (TWeights Weight, TWeights? Residual)[] _routers;
    private readonly (TWeights In, T[] InBias, TWeights Out, T[] OutBias)[] _networks;
    private readonly (TWeights Mix, T[] Vector)[] _constants;
    private readonly long[] _loads;
    private readonly bool _hasResidual;

    public SparseLayer(SparseArchitecture shape, int tasks, int layer, int users, Func<string, T[]> tensors)
    {
        _shape = shape;
        _hasResidual = layer > 0;
        int n = shape.Experts, width = shape.Width, reads = shape.ByRequest ? users : width;
        string prefix = $"moe.{layer}";
        _routers = [.. Enumerable.Range(0, shape.Routers(layer, tasks)).Select(r => (TWeights.Pack(tensors($"{prefix}.router.{r}.weight"), n, reads, reads),
            layer == 0 ? default : TWeights.Pack(tensors($"{prefix}.router.{r}.residual.weight"), n, n, n)))];
        _networks = [.. Enumerable.Range(0, shape.Networks).Select(e => $"{prefix}.expert.{e}").Select(name => (
            TWeights.Pack(tensors($"{name}.0.weight"), shape.Hidden, width, width), tensors($"{name}.0.bias"),
            TWeights.Pack(tensors($"{name}.1.weight"), width, shape.Hidden, shape.Hidden), tensors($"{name}.1.bias")))];
        _constants = [.. Enumerable.Range(0, shape.Constants).Select(c => $"{prefix}.constant.{c}").Select(name =>
            (TWeights.Pack(tensors($"{name}.weight"), 2, width, width), tensors($"{name}.vector")))];
        _loads = new long[n];
    }

    /// <summary>Routers, so streams that the layer gives.</summary>
    public int Routers => _routers.Length;

    /// <summary>Rows that each expert was asked for.</summary>
    public IReadOnlyList<long> Loads => _loads;

    /// <summary>Logits of a router for rows, without the gating residual.</summary>
    public void Route(int router, ReadOnlySpan<T> x, int stride, int rows, Span<T> logits) =>
        _routers[router].Weight.Apply(x, stride, rows, [], Activation.None, logits, _shape.Experts);

    /// <summary>Adds the gating residual: W · (logits of the layer below).</summary>
    public void AddResidual(int router, ReadOnlySpan<T> below, int rows, Span<T> logits)
    {
        if (_hasResidual)
            _routers[router].Residual!.Apply(below, _shape.Experts, rows, [], Activation.None, logits, _shape.Experts, accumulate: true);
    }

    /// <summary>Probabilities to gates, in place.</summary>
    /// <param name="gates">[routers, rows, experts].</param>
    /// <param name="area">Numbers from one router's to the next's.</param>
    /// <param name="rows">Number of rows.</param>
    public void Choose(Span<T> gates, int area, int rows)
    {
        int n = _shape.Experts;
        Span<bool> chosen = stackalloc bool[n];
        Span<T> mean = stackalloc T[n], gate = stackalloc T[n];
        for (int row = 0; row < rows; row++)
        {
            if (_shape.OneSet)
            {
                mean.Clear();
                for (int r = 0; r < _routers.Length; r++)
                {
                    ReadOnlySpan<T> p = gates.Slice((r * area) + (row * n), n);
                    for (int i = 0; i < n; i++)
                        mean[i] += p[i] / T.CreateChecked(_routers.Length);
                }

                Choose(mean, chosen);
            }

            for (int r = 0; r < _routers.Length; r++)
            {
                Span<T> p = gates.Slice((r * area) + (row * n), n);
                if (!_shape.OneSet)
                    Choose(p, chosen);
                ExpertChoice.Gates(p, chosen, _shape.FirstZero, _shape.TopK > 0, gate);
                gate.CopyTo(p);
            }
        }
    }

    /// <summary>h' = h + Σ g_i · E_i(h) for every router.</summary>
    /// <param name="h">[rows, width].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="gates">[routers, rows, experts].</param>
    /// <param name="gateArea">Numbers from one router's gates to the next's.</param>
    /// <param name="scratch">Three areas: gathered rows, hidden units, outputs.</param>
    /// <param name="scratchArea">Numbers of each.</param>
    /// <param name="mixed">Takes h' of every router.</param>
    /// <param name="mixedArea">Numbers from one to the next.</param>
    public void Apply(ReadOnlySpan<T> h, int rows, ReadOnlySpan<T> gates, int gateArea, Span<T> scratch, int scratchArea, Span<T> mixed, int mixedArea)
    {
        int n = _shape.Experts, width = _shape.Width;
        Span<int> load = stackalloc int[n], order = stackalloc int[_shape.FirstCopy], taken = stackalloc int[RowPass.Rows];
        for (int e = 0; e < _shape.FirstZero; e++)
            load[e] = ChosenRows.Find(gates, gateArea, _routers.Length, n, rows, e, taken);
        for (int r = 0; r < _routers.Length; r++)
            Copies(h, rows, gates[(r * gateArea)..], mixed[(r * mixedArea)..]);
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        SortByLoad(order, load);
        Span<T> gathered = scratch[..scratchArea], hidden = scratch.Slice(scratchArea, scratchArea), outputs = scratch.Slice(2 * scratchArea, scratchArea);
        foreach (int e in order)
        {
            int count = ChosenRows.Find(gates, gateArea, _routers.Length, n, rows, e, taken);
            if (count == 0)
                break;
            bool standing = AsTheyStand(e, count, rows);
            if (!standing)
                ChosenRows.Gather(h, width, width, taken[..count], gathered);
            Expert(e, standing ? h : gathered, standing ? rows : count, hidden, outputs);
            ChosenRows.Mix(outputs, width, standing, taken[..count], gates, gateArea, _routers.Length, n, e, mixed, mixedArea);
        }

        for (int e = 0; e < n; e++)
            Interlocked.Add(ref _loads[e], load[e]);
    }

    /// <summary>
    /// Whether an expert is computed for all rows of a pass as they stand, those that did not choose it too, because gathering the others would cost more: by the counted work
    /// of both, so that it depends on sizes and load alone.
    /// </summary>
    /// <param name="e">A network or a constant.</param>
    /// <param name="count">Rows that chose it.</param>
    /// <param name="rows">Rows of the pass.</param>
    internal bool AsTheyStand(int e, int count, int rows)
    {
        ScoringCosts costs = ScoringCosts.Measured;
        return costs.Microseconds(Work(e, rows)) <= costs.Microseconds(Work(e, count) + PlanWork.Moved((long)count * _shape.Width));
    }

    private PlanWork Work(int e, int rows) => e < _networks.Length
        ? PlanWork.Product(rows, _shape.Hidden, _shape.Width) + PlanWork.Product(rows, _shape.Width, _shape.Hidden)
        : PlanWork.Product(rows, 2, _shape.Width) + PlanWork.Moved(2L * rows * _shape.Width);

    private void Expert(int e, ReadOnlySpan<T> x, int rows, Span<T> hidden, Span<T> outputs)
    {
        int width = _shape.Width;
        if (e < _networks.Length)
        {
            (TWeights first, T[] firstBias, TWeights second, T[] secondBias) = _networks[e];
            first.Apply(x, width, rows, firstBias, Activation.Relu, hidden, _shape.Hidden);
            second.Apply(hidden, _shape.Hidden, rows, secondBias, Activation.None, outputs, width);
            return;
        }

        (TWeights mix, T[] vector) = _constants[e - _networks.Length];
        mix.Apply(x, width, rows, [], Activation.None, hidden, 2);
        Softmax.Apply(hidden[..(2 * rows)], 2);
        for (int row = 0; row < rows; row++)
        {
            Span<T> y = outputs.Slice(row * width, width);
            GatedSum.Apply(x.Slice(row * width, width), width, 1, hidden[(2 * row)..], 1, y, add: false);
            GatedSum.Apply(vector, width, 1, hidden[((2 * row) + 1)..], 1, y, add: true);
        }
    }

    // The residual and the copying experts: (1 + Σ gates of copies) · h.
    private void Copies(ReadOnlySpan<T> h, int rows, ReadOnlySpan<T> gates, Span<T> mixed)
    {
        int n = _shape.Experts, width = _shape.Width;
        for (int row = 0; row < rows; row++)
        {
            T factor = T.One;
            for (int e = _shape.FirstCopy; e < _shape.FirstZero; e++)
                factor += gates[(row * n) + e];
            GatedSum.Apply(h.Slice(row * width, width), width, 1, [factor], 1, mixed.Slice(row * width, width), add: false);
        }
    }

    private void Choose(ReadOnlySpan<T> p, Span<bool> chosen)
    {
        if (_shape.TopK > 0)
            ExpertChoice.Largest(p, _shape.TopK, chosen);
        else
            ExpertChoice.Cumulative(p, T.CreateChecked(_shape.TopP), chosen);
    }

    // Few experts: insertion.
    private static void SortByLoad(Span<int> order, ReadOnlySpan<int> load)
    {
        for (int i = 1; i < order.Length; i++)
        {
            int expert = order[i], at = i;
            for (; at > 0 && load[order[at - 1]] < load[expert]; at--)
                order[at] = order[at - 1];
            order[at] = expert;
        }
    }
}
