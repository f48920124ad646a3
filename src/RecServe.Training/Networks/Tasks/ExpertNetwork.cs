using RecServe.Artifacts;

namespace RecServe.Training.Networks;

/// <summary>The dense part of mmoe and ple; what it computes is in docs/formats/package.md. Rows are independent, so a block goes through all of it at once.</summary>
internal sealed class ExpertNetwork : ITaskNetwork
{
    private readonly ExpertArchitecture _shape;
    private readonly int _tasks, _width;
    private readonly float[] _inputs;
    private readonly Perceptron[][] _experts;
    private readonly SoftGate[][] _gates;
    private readonly Tower[] _towers;

    /// <param name="parameters">Holds its tensors.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="inputs">Concatenated embeddings of a batch.</param>
    /// <param name="dropout">Share of the units of experts and towers dropped in training.</param>
    /// <param name="batchSize">Most rows.</param>
    /// <param name="blocks">Most blocks.</param>
    public ExpertNetwork(ParameterStore parameters, NetworkShape shape, float[] inputs, float dropout, int batchSize, int blocks)
    {
        (_shape, _tasks, _width, _inputs) = (shape.Experts!, shape.Tasks.Count, shape.InputWidth, inputs);
        int layers = _shape.Layers, each = _shape.PerLayer(_tasks);
        _experts = [.. Enumerable.Range(0, layers).Select(layer => Enumerable.Range(0, each).Select(expert =>
            new Perceptron(parameters, $"expert.{layer}.{expert}", _shape.Widths.Count, (layer * each) + expert, dropout, batchSize, blocks)).ToArray())];
        _gates = [.. Enumerable.Range(0, layers).Select(layer => Enumerable.Range(0, _shape.Gates(layer, _tasks)).Select(gate => new SoftGate(
            parameters, ExpertArchitecture.GateName(layer, gate, _tasks), [.. _shape.Sees(gate, _tasks).Select(expert => _experts[layer][expert])], _shape.TopK, batchSize)).ToArray())];
        _towers = [.. Enumerable.Range(0, _tasks).Select(task => new Tower(parameters, task, _shape.Tower.Count, dropout, batchSize, blocks))];
        Logits = [.. _towers.Select(tower => tower.Logits)];
        LogitGradients = [.. _towers.Select(tower => tower.LogitGradients)];
    }

    public IReadOnlyList<float[]> Logits { get; }

    public IReadOnlyList<float[]> LogitGradients { get; }

    public void Prepare(ulong key)
    {
        foreach (Perceptron[] layer in _experts)
        {
            foreach (Perceptron expert in layer)
                expert.Prepare(key);
        }

        foreach (Tower tower in _towers)
            tower.Prepare(key);
    }

    public void Forward(int block, int from, int to, bool training)
    {
        for (int layer = 0; layer < _experts.Length; layer++)
        {
            for (int e = 0; e < _experts[layer].Length; e++)
                _experts[layer][e].Forward(Stream(layer, _shape.StreamOf(e, _tasks)), block, from, to, training);
            for (int g = 0; g < _gates[layer].Length; g++)
                _gates[layer][g].Forward(Stream(layer, g), from, to);
        }

        for (int task = 0; task < _tasks; task++)
            _towers[task].Forward(_gates[^1][task].Output, block, from, to, training);
    }

    public double Join(int blocks, int count) => 0;

    public void Backward(float[] inputGradient, DenseGradients dense, int block, int from, int to)
    {
        for (int task = 0; task < _tasks; task++)
            _towers[task].Backward(_gates[^1][task].Output, _gates[^1][task].OutputGradient, dense, block, from, to);
        for (int layer = _experts.Length - 1; layer >= 0; layer--)
        {
            foreach (Perceptron expert in _experts[layer])
                Clear(expert.OutputGradient, expert.Width, from, to);
            if (layer == 0)
                Clear(inputGradient, _width, from, to);
            foreach (SoftGate below in layer > 0 ? _gates[layer - 1] : [])
                Clear(below.OutputGradient, _shape.Width, from, to);
            for (int g = 0; g < _gates[layer].Length; g++)
                _gates[layer][g].Backward(Stream(layer, g), Gradient(layer, g, inputGradient), dense, block, from, to);
            for (int e = 0; e < _experts[layer].Length; e++)
                _experts[layer][e].Backward(Stream(layer, _shape.StreamOf(e, _tasks)), Gradient(layer, _shape.StreamOf(e, _tasks), inputGradient), dense, block, from, to);
        }
    }

    private static void Clear(float[] gradient, int width, int from, int to) => gradient.AsSpan(from * width, (to - from) * width).Clear();

    // In the first layer all streams are the embeddings.
    private float[] Stream(int layer, int stream) => layer == 0 ? _inputs : _gates[layer - 1][stream].Output;

    private float[] Gradient(int layer, int stream, float[] inputGradient) => layer == 0 ? inputGradient : _gates[layer - 1][stream].OutputGradient;
}
