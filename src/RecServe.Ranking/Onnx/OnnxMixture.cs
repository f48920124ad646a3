using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>Low-rank cross layers as ONNX nodes.</summary>
internal sealed class OnnxMixture
{
    private readonly OnnxLayers _layers;
    private readonly OnnxGraph _graph;
    private readonly CrossMixture _sizes;
    private readonly int _inputs;
    private readonly string _gate, _spread;

    /// <param name="layers">Takes the nodes.</param>
    /// <param name="sizes">Experts and units.</param>
    /// <param name="inputs">Floats of all embeddings.</param>
    public OnnxMixture(OnnxLayers layers, CrossMixture sizes, int inputs)
    {
        (_layers, _graph, _sizes, _inputs) = (layers, layers.Graph, sizes, inputs);
        _gate = _graph.Constant("cross.gate.weight", [sizes.Experts, inputs], layers.Take("cross.gate.weight", sizes.Experts, inputs));

        // One gate an expert becomes one a unit by a product with ones.
        var spread = new float[sizes.Units * sizes.Experts];
        for (int unit = 0; unit < sizes.Units; unit++)
            spread[(unit * sizes.Experts) + (unit / sizes.Rank)] = 1;
        _spread = _graph.Constant("cross.gate.spread", [sizes.Units, sizes.Experts], spread);
    }

    /// <summary>Adds Σ_k p_k · U_k · tanh(C_k · tanh(V_k · x)) + b of a layer.</summary>
    public string Sums(int layer, string x)
    {
        string name = $"cross.{layer}";
        int units = _sizes.Units, rank = _sizes.Rank;
        float[] entry = _layers.Take($"{name}.in.weight", units, _inputs), core = _layers.Take($"{name}.core.weight", units, rank);
        string outer = _graph.Concat([.. Enumerable.Range(0, _sizes.Experts).Select(k =>
        {
            string inner = _graph.Node("Tanh", Part($"{name}.in", k, x, entry, _inputs));
            return _graph.Node("Tanh", Part($"{name}.core", k, inner, core, rank));
        })]);
        string gates = _graph.Softmax(_graph.Dense(x, _gate, null));
        string gated = _graph.Node("Mul", outer, _graph.Dense(gates, _spread, null));
        return _graph.Dense(gated, _graph.Constant($"{name}.out.weight", [_inputs, units], _layers.Take($"{name}.out.weight", _inputs, units)),
            _graph.Constant($"{name}.bias", [_inputs], _layers.Take($"{name}.bias", _inputs)));
    }

    // An expert's rows of a tensor that has those of all one below another.
    private string Part(string name, int expert, string x, float[] weight, int columns) => _graph.Dense(x,
        _graph.Constant($"{name}.{expert}.weight", [_sizes.Rank, columns], weight.AsSpan(expert * _sizes.Rank * columns, _sizes.Rank * columns)), null);
}
