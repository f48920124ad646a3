using System.Numerics;
using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// mmoe and ple. The user's part of every expert's first layer and of every gate on x is made once a request; an expert then goes through all its layers with
/// its rows in the second-level cache and is mixed into every gate that sees it, so that no expert's outputs are kept. Exact; for one candidate it is the
/// plain forward pass. Where gates take a few experts, each expert runs over the rows that chose it.
/// </summary>
internal sealed class ExpertPlan<T, TWeights> : ITaskPlan<T>, IExpertLoads
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly ExpertArchitecture _shape;
    private readonly int _tasks, _streams, _gateArea, _widest;
    private readonly ExpertStage<T, TWeights>[] _stages;
    private readonly TaskTowers<T, TWeights> _towers;
    private long _rows;

    /// <param name="shape">Sizes.</param>
    /// <param name="tasks">Number of tasks.</param>
    /// <param name="users">U: numbers of the user in x.</param>
    /// <param name="items">I: numbers of the item.</param>
    /// <param name="tensors">A tensor's values by its name.</param>
    public ExpertPlan(ExpertArchitecture shape, int tasks, int users, int items, Func<string, T[]> tensors)
    {
        (_shape, _tasks, _streams) = (shape, tasks, tasks + 1);
        _stages = [.. Enumerable.Range(0, shape.Layers).Select(layer => new ExpertStage<T, TWeights>(shape, tasks, layer, users, items, tensors))];
        _towers = new TaskTowers<T, TWeights>(tensors, shape.Width, shape.Tower.Count, tasks);
        _gateArea = _stages.Max(stage => stage.GateOutputs);
        _widest = Math.Max(shape.Widths.Max(), _towers.Widest);
    }

    public int Tasks => _tasks;

    public int RequestLength => _stages[0].RequestLength;

    public IReadOnlyList<long> ExpertRows => [.. _stages[0].Loads];

    public long LayerRows => Interlocked.Read(ref _rows);

    // Gathered rows, two layers' activations, the gates, and two layers' mixtures, one a stream.
    public int RowScratch(int rows) =>
        _stages[0].Gathered(rows) + (2 * RowPass.Lines(rows * _widest)) + (_streams * RowPass.Lines(rows * _gateArea)) + (2 * _streams * RowPass.Lines(rows * _shape.Width));

    public void Share(ReadOnlySpan<T> user, Span<T> request) => _stages[0].Share(user, request);

    public int ItemPartLength => _stages[0].RequestLength;

    public void ItemParts(ReadOnlySpan<T> items, int stride, int rows, Span<T> parts) => _stages[0].ItemParts(items, stride, rows, parts);

    public void Apply(in SidedRows<T> x, Span<T> scratch, Span<T> logits, int stride)
    {
        int rows = x.Count, area = RowPass.Lines(rows * _widest), gates = _streams * RowPass.Lines(rows * _gateArea), stream = RowPass.Lines(rows * _shape.Width);
        Span<T> gathered = scratch[.._stages[0].Gathered(rows)];
        scratch = scratch[gathered.Length..];
        Span<T> first = scratch[..area], second = scratch.Slice(area, area), gate = scratch.Slice(2 * area, gates);
        Span<T> mixed = scratch.Slice((2 * area) + gates, _streams * stream), below = scratch.Slice((2 * area) + gates + mixed.Length, mixed.Length);
        foreach (ExpertStage<T, TWeights> stage in _stages)
        {
            stage.Apply(x, below, stream, gathered, first, second, gate, RowPass.Lines(rows * _gateArea), mixed);
            Span<T> swap = below;
            below = mixed;
            mixed = swap;
        }

        for (int task = 0; task < _tasks; task++)
            _towers.Apply(task, below[(task * stream)..], rows, first, second, logits[task..], stride);
        if (_shape.TopK > 0)
            Interlocked.Add(ref _rows, rows);
    }
}
