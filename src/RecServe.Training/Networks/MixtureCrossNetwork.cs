using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>The cross network of low-rank experts, whose formula stands at <see cref="CrossMixture"/>.</summary>
internal sealed class MixtureCrossNetwork : ICrossNetwork
{
    private readonly MixtureCrossLayer[] _layers;
    private readonly float[] _sumGradient;
    private readonly int _width;

    public MixtureCrossNetwork(ParameterStore parameters, NetworkShape shape, int batchSize)
    {
        _width = shape.InputWidth;
        Input = new float[batchSize * _width];
        _layers = new MixtureCrossLayer[shape.CrossLayers];
        var scratch = new MixtureScratch(batchSize, shape.CrossMixture!);
        for (int l = 0; l < _layers.Length; l++)
            _layers[l] = new MixtureCrossLayer(parameters, shape, l, l == 0 ? Input : _layers[l - 1].Output, scratch, batchSize);
        _sumGradient = new float[batchSize * _width];
    }

    public float[] Input { get; }

    public float[] Output => _layers[^1].Output;

    public void Forward(int from, int to)
    {
        ReadOnlySpan<float> first = Input.AsSpan(from * _width, (to - from) * _width);
        foreach (MixtureCrossLayer layer in _layers)
            layer.Forward(first, from, to);
    }

    public void Backward(float[] gradient, float[] inputGradient, DenseGradients dense, int block, int from, int to)
    {
        int start = from * _width, length = (to - from) * _width;
        ReadOnlySpan<float> first = Input.AsSpan(start, length);
        Span<float> g = gradient.AsSpan(start, length), firstGradient = inputGradient.AsSpan(start, length), sums = _sumGradient.AsSpan(start, length);
        for (int l = _layers.Length - 1; l >= 0; l--)
        {
            RowMath.AddProduct(g, _layers[l].Sums.AsSpan(start, length), firstGradient);
            RowMath.Multiply(g, first, sums);
            _layers[l].Backward(sums, g, dense, block, from, to, firstOfGates: l == _layers.Length - 1);
        }

        RowMath.Add(g, firstGradient);
    }
}
