using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>The layers of an MLP above the first, and its share of the head: logit += head·h.</summary>
internal sealed class HiddenLayers
{
    private readonly DenseLayer[] _layers;
    private readonly PackedMatrix _head;

    /// <param name="layers">Layers above the first.</param>
    /// <param name="first">Outputs of the first.</param>
    /// <param name="head">The head's weights of the last layer's outputs.</param>
    public HiddenLayers(IEnumerable<DenseLayer> layers, int first, float[] head)
    {
        _layers = [.. layers];
        Width = Math.Max(first, _layers.Select(layer => layer.Outputs).DefaultIfEmpty().Max());
        _head = PackedMatrix.Pack(head, 1, head.Length, head.Length);
    }

    /// <summary>Outputs of the widest layer, the first included.</summary>
    public int Width { get; }

    /// <summary>Adds head·h; both buffers have at least rows × <see cref="Width"/> floats and are overwritten.</summary>
    /// <param name="h">The first layer's outputs.</param>
    /// <param name="other">Scratch memory.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="logits">One a row.</param>
    public void Finish(Span<float> h, Span<float> other, int rows, Span<float> logits)
    {
        foreach (DenseLayer layer in _layers)
        {
            layer.Apply(h, rows, Activation.Relu, other);
            Span<float> swap = h;
            h = other;
            other = swap;
        }

        Gemm.Linear(h, _head.Inputs, rows, _head, [], Activation.None, logits, 1, accumulate: true);
    }
}
