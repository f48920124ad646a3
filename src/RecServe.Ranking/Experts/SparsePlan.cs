using System.Numerics;
using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>moe: the stem with the user's part once a request, sparse layers, towers. Routers that read the user alone are asked once a request.</summary>
internal sealed class SparsePlan<T, TWeights> : ITaskPlan<T>, IExpertLoads
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly SparseArchitecture _shape;
    private readonly int _routers;
    private readonly SidedWeights<T, TWeights> _stem;
    private readonly SparseLayer<T, TWeights>[] _layers;
    private readonly TaskTowers<T, TWeights> _towers;
    private readonly int _routerAt, _widest;
    private long _rows;

    /// <param name="shape">Sizes.</param>
    /// <param name="tasks">Number of tasks.</param>
    /// <param name="users">U: numbers of the user in x.</param>
    /// <param name="items">I: numbers of the item.</param>
    /// <param name="tensors">A tensor's values by its name.</param>
    public SparsePlan(SparseArchitecture shape, int tasks, int users, int items, Func<string, T[]> tensors)
    {
        (_shape, Tasks) = (shape, tasks);
        _stem = new SidedWeights<T, TWeights>(users, items, tensors("stem.weight"), tensors("stem.bias"));
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(layer => new SparseLayer<T, TWeights>(shape, tasks, layer, users, tensors))];
        _routers = _layers.Max(layer => layer.Routers);
        _towers = new TaskTowers<T, TWeights>(tensors, shape.Width, shape.Tower.Count, tasks);
        _routerAt = RowPass.Lines(shape.Width);
        _widest = Math.Max(Math.Max(shape.Width, shape.Hidden), Math.Max(_towers.Widest, 2));
    }

    public int Tasks { get; }

    // W_U·u + b of the stem; where routers read the user, their logits in every layer.
    public int RequestLength => _routerAt + (_shape.ByRequest ? _layers.Sum(layer => layer.Routers) * RowPass.Lines(_shape.Experts) : 0);

    public IReadOnlyList<long> ExpertRows => [.. _layers.SelectMany(layer => layer.Loads)];

    public long LayerRows => Interlocked.Read(ref _rows);

    // Gathered rows, hidden units and outputs; logits below, gates of every router; h, and h' of every router.
    public int RowScratch(int rows) =>
        (3 * Area(rows, _widest)) + ((1 + _routers) * Area(rows, _shape.Experts)) + ((1 + _routers) * Area(rows, _shape.Width));

    public void Share(ReadOnlySpan<T> user, Span<T> request)
    {
        _stem.Share(user, request[.._shape.Width]);
        if (!_shape.ByRequest)
            return;
        Span<T> logits = request[_routerAt..], below = default;
        foreach (SparseLayer<T, TWeights> layer in _layers)
        {
            Span<T> first = logits;
            for (int r = 0; r < layer.Routers; r++, logits = logits[RowPass.Lines(_shape.Experts)..])
            {
                layer.Route(r, user, user.Length, 1, logits);
                layer.AddResidual(r, below, 1, logits);
            }

            below = first;
        }
    }

    public int ItemPartLength => _shape.Width;

    public void ItemParts(ReadOnlySpan<T> items, int stride, int rows, Span<T> parts) => _stem.ItemParts(items, stride, rows, parts, _shape.Width);

    public void Apply(in SidedRows<T> x, Span<T> scratch, Span<T> logits, int stride)
    {
        int rows = x.Count, n = _shape.Experts, wide = Area(rows, _widest), gateArea = Area(rows, n), area = Area(rows, _shape.Width);
        Span<T> work = scratch[..(3 * wide)], below = scratch.Slice(3 * wide, gateArea), gates = scratch.Slice((3 * wide) + gateArea, _routers * gateArea);
        Span<T> h = scratch.Slice((3 * wide) + ((1 + _routers) * gateArea), area), mixed = scratch.Slice((3 * wide) + ((1 + _routers) * gateArea) + area, _routers * area);
        _stem.Apply(x, 0, Activation.Relu, h);
        ReadOnlySpan<T> shared = _shape.ByRequest && x.IsShared ? x.Shared[_routerAt..] : default;
        for (int l = 0; l < _layers.Length; l++)
        {
            SparseLayer<T, TWeights> layer = _layers[l];
            for (int r = 0; r < layer.Routers; r++)
                Logits(layer, r, x, ref shared, h, below, gates.Slice(r * gateArea, rows * n));
            if (l + 1 < _layers.Length)
                gates[..(rows * n)].CopyTo(below);
            for (int r = 0; r < layer.Routers; r++)
                Softmax.Apply(gates.Slice(r * gateArea, rows * n), n);
            layer.Choose(gates, gateArea, rows);
            layer.Apply(h, rows, gates, gateArea, work, wide, mixed, area);
            if (l + 1 < _layers.Length)
                mixed[..(rows * _shape.Width)].CopyTo(h);
        }

        for (int task = 0; task < Tasks; task++)
            _towers.Apply(task, mixed[(task * area)..], rows, work[..wide], work.Slice(wide, wide), logits[task..], stride);
        Interlocked.Add(ref _rows, rows);
    }

    private void Logits(SparseLayer<T, TWeights> layer, int router, in SidedRows<T> x, ref ReadOnlySpan<T> shared, ReadOnlySpan<T> h, ReadOnlySpan<T> below, Span<T> logits)
    {
        if (!shared.IsEmpty)
        {
            for (int row = 0; row < x.Count; row++)
                shared[.._shape.Experts].CopyTo(logits[(row * _shape.Experts)..]);
            shared = shared[RowPass.Lines(_shape.Experts)..];
            return;
        }

        if (_shape.ByRequest)
            layer.Route(router, x.Users, x.UserStride, x.Count, logits);
        else
            layer.Route(router, h, _shape.Width, x.Count, logits);
        layer.AddResidual(router, below, x.Count, logits);
    }

    private static int Area(int rows, int width) => RowPass.Lines(rows * width);
}
