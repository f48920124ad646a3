using RecServe.Artifacts;

namespace RecServe.Training.Networks;

/// <summary>The dense part of moe: stem, sparse layers, a tower a task. Rows are independent but for the losses of the routing.</summary>
internal sealed class SparseNetwork : ITaskNetwork
{
    private readonly SparseArchitecture _shape;
    private readonly float[] _inputs;
    private readonly int _width;
    private readonly HiddenLayer _stem;
    private readonly float[] _stemGradient;
    private readonly SparseLayer[] _layers;
    private readonly Tower[] _towers;
    private readonly RoutingThreshold _threshold;

    /// <param name="parameters">Holds its tensors.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="threshold">The threshold of top-p, which every training step moves.</param>
    /// <param name="inputs">Concatenated embeddings of a batch.</param>
    /// <param name="dropout">Share of the units of stem and towers dropped in training.</param>
    /// <param name="batchSize">Most rows.</param>
    /// <param name="blocks">Most blocks.</param>
    public SparseNetwork(ParameterStore parameters, NetworkShape shape, RoutingThreshold threshold, float[] inputs, float dropout, int batchSize, int blocks)
    {
        (_shape, _threshold, _inputs, _width) = (shape.Sparse!, threshold, inputs, shape.InputWidth);
        int tasks = shape.Tasks.Count;
        _stem = new HiddenLayer(parameters, "stem", false, dropout, batchSize, blocks);
        _stemGradient = new float[batchSize * _shape.Width];
        _layers = [.. Enumerable.Range(0, _shape.Layers).Select(layer => new SparseLayer(parameters, _shape, layer, tasks, inputs, _width,
            new RoutingLosses(_shape, shape.Routing.Balance, shape.Routing.Capacity, shape.Routing.Entropy, blocks), threshold, batchSize, blocks) { HasAbove = layer + 1 < _shape.Layers })];
        _towers = [.. Enumerable.Range(0, tasks).Select(task => new Tower(parameters, task, _shape.Tower.Count, dropout, batchSize, blocks))];
        Logits = [.. _towers.Select(tower => tower.Logits)];
        LogitGradients = [.. _towers.Select(tower => tower.LogitGradients)];
    }

    public IReadOnlyList<float[]> Logits { get; }

    public IReadOnlyList<float[]> LogitGradients { get; }

    public void Prepare(ulong key)
    {
        _stem.DropoutKey = Perceptron.DropoutKey(key, 0, 0);
        _stem.Prepare(0, training: false);
        foreach (Tower tower in _towers)
            tower.Prepare(key);
    }

    public void Forward(int block, int from, int to, bool training)
    {
        _stem.ForwardLinear(_inputs, block, from, to, training);
        _stem.ForwardActivate(from, to, training);
        for (int l = 0; l < _layers.Length; l++)
            _layers[l].Forward(Input(l), l == 0 ? null : _layers[l - 1].Logits, block, from, to, training);
        for (int task = 0; task < _towers.Length; task++)
            _towers[task].Forward(_layers[^1].Outputs[task], block, from, to, training);
    }

    public double Join(int blocks, int count)
    {
        double loss = 0;
        foreach (SparseLayer layer in _layers)
            loss += layer.Losses.Join(blocks, count * layer.Routers);
        if (_threshold.Target > 0)
            _threshold.Follow((double)NetworkRows(blocks) / ((long)count * _layers.Length));
        return loss;
    }

    /// <summary>Rows that the networks of all layers computed in the last pass.</summary>
    /// <param name="blocks">Blocks of it.</param>
    public long NetworkRows(int blocks)
    {
        long rows = 0;
        foreach (SparseLayer layer in _layers)
        {
            for (int block = 0; block < blocks; block++)
                rows += layer.NetworkRows(block);
        }

        return rows;
    }

    public void Backward(float[] inputGradient, DenseGradients dense, int block, int from, int to)
    {
        inputGradient.AsSpan(from * _width, (to - from) * _width).Clear();
        for (int task = 0; task < _towers.Length; task++)
            _towers[task].Backward(_layers[^1].Outputs[task], _layers[^1].OutputGradients[task], dense, block, from, to);
        for (int l = _layers.Length - 1; l >= 0; l--)
        {
            float[] gradient = l == 0 ? _stemGradient : _layers[l - 1].OutputGradients[0];
            _layers[l].Backward(Input(l), gradient, inputGradient, l == 0 ? null : _layers[l - 1], dense, block, from, to);
        }

        _stem.BackwardActivate(_stemGradient, block, from, to);
        _stem.BackwardLinear(_inputs, _stemGradient, inputGradient, accumulate: true, dense, block, from, to);
    }

    private float[] Input(int layer) => layer == 0 ? _stem.Output : _layers[layer - 1].Outputs[0];
}
