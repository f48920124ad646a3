using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>The dense part of moe as ONNX nodes. All experts are computed for every row, and those that a row does not take have a gate of 0.</summary>
internal sealed class OnnxSparse
{
    private readonly OnnxLayers _layers;
    private readonly OnnxGraph _graph;
    private readonly SparseArchitecture _shape;
    private readonly int _tasks, _inputs;

    private OnnxSparse(OnnxLayers layers, ModelArchitecture architecture, int inputs) =>
        (_layers, _graph, _shape, _tasks, _inputs) = (layers, layers.Graph, architecture.Sparse!, architecture.Tasks.Count, inputs);

    /// <summary>Adds the nodes and gives the name of the logits, [batch, tasks].</summary>
    public static string Write(OnnxLayers layers, ModelArchitecture architecture, string x, int inputs) => new OnnxSparse(layers, architecture, inputs).Write(x);

    private string Write(string x)
    {
        string[] streams = [_graph.Node("Relu", _layers.Dense("stem", x, _shape.Width, _inputs))];
        string? below = null;
        for (int layer = 0; layer < _shape.Layers; layer++)
            (streams, below) = Layer(layer, x, streams[0], below);
        return OnnxExperts.Towers(_layers, streams, _shape.Width, _shape.Tower, _tasks);
    }

    private (string[] Streams, string Logits) Layer(int layer, string x, string h, string? below)
    {
        string[] z = [.. Enumerable.Range(0, _shape.Routers(layer, _tasks)).Select(router => Logits($"moe.{layer}.router.{router}", x, h, below))];
        string[] p = [.. z.Select(_graph.Softmax)];
        var choice = new OnnxChoice(_graph, _shape.Experts, _shape.FirstZero, _shape.TopK, _shape.TopP);

        // Each term is divided before it is added, as in serving: of sums that are equal but for rounding another expert might be taken.
        string mean = p[0];
        if (_shape.OneSet && p.Length > 1)
        {
            string count = _graph.Constant($"moe.{layer}.routers", [1], [p.Length]);
            mean = p.Select(one => _graph.Node("Div", one, count)).Aggregate((sum, one) => _graph.Node("Add", sum, one));
        }

        string outputs = _graph.Concat([.. Enumerable.Range(0, _shape.Experts).Select(expert => _graph.Axis(Expert(layer, expert, h), 1, remove: false))]);
        return ([.. p.Select(one =>
        {
            string gates = _graph.Axis(choice.Gates(one, _shape.OneSet ? mean : one), 1, remove: false);
            return _graph.Node("Add", h, _graph.Axis(_graph.Node("MatMul", gates, outputs), 1, remove: true));
        })], z[0]);
    }

    private string Logits(string name, string x, string h, string? below)
    {
        int experts = _shape.Experts, reads = _shape.ByRequest ? _inputs : _shape.Width;
        float[] weight = _layers.Take($"{name}.weight", experts, _shape.ByRequest ? _shape.UserInputs : _shape.Width);
        if (_shape.ByRequest)
            weight = Widened(weight);
        string own = _graph.Dense(_shape.ByRequest ? x : h, _graph.Constant($"{name}.weight", [experts, reads], weight), null);
        return below is null ? own
            : _graph.Node("Add", own, _graph.Dense(below, _graph.Constant($"{name}.residual.weight", [experts, experts], _layers.Take($"{name}.residual.weight", experts, experts)), null));
    }

    // The user's floats come first in x; the item's get weights of 0.
    private float[] Widened(float[] weight)
    {
        var wide = new float[_shape.Experts * _inputs];
        for (int expert = 0; expert < _shape.Experts; expert++)
            weight.AsSpan(expert * _shape.UserInputs, _shape.UserInputs).CopyTo(wide.AsSpan(expert * _inputs));
        return wide;
    }

    private string Expert(int layer, int expert, string h)
    {
        if (expert < _shape.Networks)
        {
            string name = $"moe.{layer}.expert.{expert}";
            return _layers.Dense($"{name}.1", _graph.Node("Relu", _layers.Dense($"{name}.0", h, _shape.Hidden, _shape.Width)), _shape.Width, _shape.Hidden);
        }

        return expert < _shape.FirstCopy ? Constant($"moe.{layer}.constant.{expert - _shape.Networks}", h) : expert < _shape.FirstZero ? h : _graph.Node("Sub", h, h);
    }

    private string Constant(string name, string h)
    {
        string mix = _graph.Softmax(_graph.Dense(h, _graph.Constant($"{name}.weight", [2, _shape.Width], _layers.Take($"{name}.weight", 2, _shape.Width)), null));
        string vector = _graph.Node("Add", _graph.Node("Sub", h, h), _graph.Constant($"{name}.vector", [_shape.Width], _layers.Take($"{name}.vector", _shape.Width)));
        string both = _graph.Concat(_graph.Axis(h, 1, remove: false), _graph.Axis(vector, 1, remove: false));
        return _graph.Axis(_graph.Node("MatMul", _graph.Axis(mix, 1, remove: false), both), 1, remove: true);
    }
}
