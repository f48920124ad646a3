namespace RecServe.Training.Networks;

/// <summary>Layers of ReLU with dropout, without batch normalisation: an expert or the hidden layers of a tower. Rows are independent.</summary>
internal sealed class Perceptron
{
    private readonly HiddenLayer[] _layers;
    private readonly float[][] _gradients;
    private readonly int _number;

    /// <param name="parameters">Holds tensors <c>name.0.weight</c>, <c>name.0.bias</c> and so on.</param>
    /// <param name="name">Prefix of their names.</param>
    /// <param name="layers">Number of layers, at least 1.</param>
    /// <param name="number">Number of the perceptron in its network: tells its dropout masks from those of others.</param>
    /// <param name="dropout">Share of units dropped in training.</param>
    /// <param name="batchSize">Most rows.</param>
    /// <param name="blocks">Most blocks.</param>
    public Perceptron(ParameterStore parameters, string name, int layers, int number, float dropout, int batchSize, int blocks)
    {
        _number = number;
        _layers = [.. Enumerable.Range(0, layers).Select(i => new HiddenLayer(parameters, $"{name}.{i}", false, dropout, batchSize, blocks))];
        _gradients = [.. _layers.Select(layer => new float[batchSize * layer.Outputs])];
    }

    /// <summary>Floats of an output.</summary>
    public int Width => _layers[^1].Outputs;

    /// <summary>[batch, Width].</summary>
    public float[] Output => _layers[^1].Output;

    /// <summary>Gradient of <see cref="Output"/>: the caller fills the rows before <see cref="Backward"/>, which uses them up.</summary>
    public float[] OutputGradient => _gradients[^1];

    /// <summary>Key of a layer's dropout mask in the step with <paramref name="key"/>.</summary>
    internal static ulong DropoutKey(ulong key, int number, int layer) => SeededRandom.Mix(key + ((ulong)number << 32) + ((ulong)layer << 56));

    /// <summary>Begins a pass over a batch.</summary>
    public void Prepare(ulong key)
    {
        for (int l = 0; l < _layers.Length; l++)
        {
            _layers[l].DropoutKey = DropoutKey(key, _number, l);
            _layers[l].Prepare(0, training: false);
        }
    }

    /// <summary>Rows [from, to) through all layers.</summary>
    public void Forward(float[] input, int block, int from, int to, bool training)
    {
        foreach (HiddenLayer layer in _layers)
        {
            layer.ForwardLinear(input, block, from, to, training);
            layer.ForwardActivate(from, to, training);
            input = layer.Output;
        }
    }

    /// <summary>Gradients from rows [from, to); that of the input is added to <paramref name="inputGradient"/>.</summary>
    public void Backward(float[] input, float[] inputGradient, DenseGradients dense, int block, int from, int to)
    {
        for (int l = _layers.Length - 1; l >= 0; l--)
        {
            _layers[l].BackwardActivate(_gradients[l], block, from, to);
            _layers[l].BackwardLinear(l > 0 ? _layers[l - 1].Output : input, _gradients[l], l > 0 ? _gradients[l - 1] : inputGradient, accumulate: l == 0,
                dense, block, from, to);
        }
    }
}
