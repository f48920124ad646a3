using RecServe.Kernels;

namespace RecServe.Training.Networks;

internal sealed partial class HiddenLayer
{
    private readonly float[][] _blockSums;

    /// <summary>
    /// Gradient through dropout and ReLU of rows [from, to), in place; with batch normalisation also the block's sums. Without it the
    /// block's sum is the bias gradient.
    /// </summary>
    public void BackwardActivate(float[] gradient, int block, int from, int to)
    {
        Span<float> sum = _norm is null ? _blockSums[block] : _norm.GradientOf(block);
        Span<float> product = _norm is null ? default : _norm.ProductOf(block);
        sum.Clear();
        product.Clear();
        for (int r = from; r < to; r++)
        {
            Span<float> g = gradient.AsSpan(r * Outputs, Outputs);
            ReadOnlySpan<float> y = Output.AsSpan(r * Outputs, Outputs);
            if (_norm is null)
                HiddenUnits.Backward(g, y, _keepScale, sum);
            else
                HiddenUnits.BackwardNormalized(g, y, _z.AsSpan(r * Outputs, Outputs), _norm.Mean, _keepScale, sum, product);
        }
    }

    /// <summary>Joins the blocks' sums: call once, when all blocks have passed <see cref="BackwardActivate"/>.</summary>
    public void JoinBackward(int blocks) => _norm?.JoinGradients(blocks, _scale!.In(_parameters.Values));

    /// <summary>Gradients of the weights and of the input from rows [from, to).</summary>
    /// <param name="input">What <see cref="ForwardLinear"/> read.</param>
    /// <param name="gradient">What <see cref="BackwardActivate"/> left; becomes the gradient of z.</param>
    /// <param name="inputGradient">[batch, Inputs]; written, or added to with <paramref name="accumulate"/>.</param>
    /// <param name="accumulate">Whether the input gradient is added to.</param>
    /// <param name="dense">Where the weight gradients of the block go.</param>
    /// <param name="block">The block.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">One past the last row.</param>
    public void BackwardLinear(float[] input, float[] gradient, float[] inputGradient, bool accumulate, DenseGradients dense, int block, int from, int to)
    {
        int rows = to - from;
        Span<float> g = gradient.AsSpan(from * Outputs, rows * Outputs);
        Span<float> bias = dense.Of(block, _bias);
        if (_norm is null)
        {
            _blockSums[block].CopyTo(bias);
        }
        else
        {
            // The batch mean takes the bias out again, so its gradient is 0 by arithmetic; a computed one would be rounding noise,
            // which Adam would blow up to full steps.
            bias.Clear();
            _norm.WriteGradients(block, dense.Of(block, _scale!), dense.Of(block, _shift!));
            for (int r = from; r < to; r++)
                _norm.Backward(gradient.AsSpan(r * Outputs, Outputs), _z.AsSpan(r * Outputs, Outputs));
        }

        Gemm.Multiply(true, false, Outputs, Inputs, rows, g, Outputs, input.AsSpan(from * Inputs, rows * Inputs), Inputs,
            dense.Of(block, _weight), Inputs);
        Gemm.Multiply(false, false, rows, Inputs, Outputs, g, Outputs, _weight.In(_parameters.Values), Inputs,
            inputGradient.AsSpan(from * Inputs, rows * Inputs), Inputs, accumulate);
    }
}
