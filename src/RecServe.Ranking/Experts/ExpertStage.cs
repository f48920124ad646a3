using System.Numerics;
using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>One layer of experts with its gates, which mix all experts that they see or the few that each row takes.</summary>
internal sealed partial class ExpertStage<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly bool _isFirst;
    private readonly SidedWeights<T, TWeights>[] _sided = [];
    private readonly (Stack<T, TWeights> Layers, int Stream)[] _experts;
    private readonly (TWeights Weight, T[] Bias)[] _gates = [];
    private readonly int[] _gateWidths, _requestAt;
    private readonly (int Gate, int Position)[][] _seenBy;
    private readonly int _width;

    public ExpertStage(ExpertArchitecture shape, int tasks, int layer, int users, int items, Func<string, T[]> tensors)
    {
        (_isFirst, _width) = (layer == 0, shape.Width);
        (_widths, _topK, _users, _items) = (shape.Widths, shape.TopK, users, items);
        _loads = new long[shape.TopK > 0 ? shape.Shared : 0];
        int gates = shape.Gates(layer, tasks), experts = shape.PerLayer(tasks);
        IReadOnlyList<int>[] sees = [.. Enumerable.Range(0, gates).Select(gate => shape.Sees(gate, tasks))];
        _gateWidths = [.. sees.Select(seen => seen.Count)];
        _seenBy = [.. Enumerable.Range(0, experts).Select(expert => Enumerable.Range(0, gates)
            .Where(gate => sees[gate].Contains(expert)).Select(gate => (gate, sees[gate].ToList().IndexOf(expert))).ToArray())];

        (T[] Weight, T[] Bias) Gate(int gate)
        {
            string name = ExpertArchitecture.GateName(layer, gate, tasks);
            return (tensors($"{name}.weight"), tensors($"{name}.bias"));
        }

        // On x the first layers are split between user and item; the gates' follow the experts'.
        int split = _isFirst ? 1 : 0;
        _experts = [.. Enumerable.Range(0, experts).Select(expert => (new Stack<T, TWeights>(
            TaskTowers<T, TWeights>.Layers(tensors, $"expert.{layer}.{expert}", split, shape.Widths.Count), _isFirst ? shape.Widths[0] : shape.Width),
            shape.StreamOf(expert, tasks)))];
        if (_isFirst)
        {
            _sided = [.. Enumerable.Range(0, experts).Select(expert => (tensors($"expert.0.{expert}.0.weight"), tensors($"expert.0.{expert}.0.bias")))
                .Concat(Enumerable.Range(0, gates).Select(Gate)).Select(pair => new SidedWeights<T, TWeights>(users, items, pair.Item1, pair.Item2))];
        }
        else
        {
            _gates = [.. Enumerable.Range(0, gates).Select(Gate).Select(gate => (TWeights.Pack(gate.Weight, gate.Bias.Length, shape.Width, shape.Width), gate.Bias))];
        }

        _requestAt = new int[_sided.Length + 1];
        for (int i = 0; i < _sided.Length; i++)
            _requestAt[i + 1] = _requestAt[i] + RowPass.Lines(_sided[i].Outputs);
    }

    /// <summary>Numbers that candidates of one user share.</summary>
    public int RequestLength => _requestAt[^1];

    /// <summary>Most outputs of a gate.</summary>
    public int GateOutputs => _gateWidths.Max();

    public void Share(ReadOnlySpan<T> user, Span<T> request)
    {
        for (int i = 0; i < _sided.Length; i++)
            _sided[i].Share(user, request.Slice(_requestAt[i], _sided[i].Outputs));
    }

    /// <summary>The item's part of what <see cref="Share"/> makes, number by number; rows <see cref="RequestLength"/> apart.</summary>
    public void ItemParts(ReadOnlySpan<T> items, int stride, int rows, Span<T> parts)
    {
        // Between layers whose outputs do not fill a line nothing is written, but it is rounded with the rest.
        parts[..(rows * RequestLength)].Clear();
        for (int i = 0; i < _sided.Length; i++)
            _sided[i].ItemParts(items, stride, rows, parts[_requestAt[i]..], RequestLength);
    }

    /// <summary>The layer for rows.</summary>
    /// <param name="x">What the first layer reads.</param>
    /// <param name="below">What the others read: one area of mixtures a stream.</param>
    /// <param name="stream">Numbers from one stream's area to the next.</param>
    /// <param name="gathered">Scratch memory, <see cref="Gathered"/>.</param>
    /// <param name="first">Scratch memory for activations.</param>
    /// <param name="second">As much again.</param>
    /// <param name="gates">Scratch memory: one area a gate.</param>
    /// <param name="gateArea">Numbers from one gate's area to the next.</param>
    /// <param name="mixed">Takes the mixtures.</param>
    public void Apply(in SidedRows<T> x, ReadOnlySpan<T> below, int stream, Span<T> gathered, Span<T> first, Span<T> second, Span<T> gates, int gateArea, Span<T> mixed)
    {
        int rows = x.Count;
        for (int g = 0; g < _gateWidths.Length; g++)
        {
            Span<T> probabilities = gates.Slice(g * gateArea, rows * _gateWidths[g]);
            if (_isFirst)
                _sided[_experts.Length + g].Apply(x, _requestAt[_experts.Length + g], Activation.None, probabilities);
            else
                _gates[g].Weight.Apply(below[(g * stream)..], _width, rows, _gates[g].Bias, Activation.None, probabilities, _gateWidths[g]);
            Softmax.Apply(probabilities, _gateWidths[g]);
            if (_topK > 0)
                Choose(probabilities, rows);
        }

        if (_topK > 0)
        {
            ApplyChosen(x, gathered, first, second, gates, gateArea, mixed, stream);
            return;
        }

        for (int e = 0; e < _experts.Length; e++)
        {
            (Stack<T, TWeights> layers, int reads) = _experts[e];
            ReadOnlySpan<T> y;
            if (_isFirst)
            {
                _sided[e].Apply(x, _requestAt[e], Activation.Relu, first);
                y = layers.Apply(first, rows, second, first);
            }
            else
            {
                y = layers.Apply(below[(reads * stream)..], rows, first, second);
            }

            foreach ((int gate, int position) in _seenBy[e])
                GatedSum.Apply(y, _width, rows, gates.Slice((gate * gateArea) + position), _gateWidths[gate], mixed.Slice(gate * stream, rows * _width), position > 0);
        }
    }
}
