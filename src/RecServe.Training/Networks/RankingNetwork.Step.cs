using RecServe.Kernels;
using RecServe.Training.Metrics;

namespace RecServe.Training.Networks;

public sealed partial class RankingNetwork
{
    private readonly float[] _logitGradient, _inputGradient, _crossGradient;
    private readonly double[] _losses;
    private float[] _gradient, _otherGradient;
    private double _lossScale;

    /// <summary>Concatenated embeddings of the last step, [batch, InputWidth], fields in model order.</summary>
    public ReadOnlySpan<float> Inputs => _inputs;

    /// <summary>Gradient of the last step's mean logloss with respect to <see cref="Inputs"/>.</summary>
    public ReadOnlySpan<float> InputGradients => _inputGradient;

    /// <summary>Gradient of the last step's mean logloss with respect to each logit: that of every first-order weight too. Unused with tasks.</summary>
    public ReadOnlySpan<float> LogitGradients => _logitGradient;

    /// <summary>Forward and backward pass in training mode; leaves the gradient of the mean logloss (no regularization) in the parameters.</summary>
    /// <param name="batch">The samples; weights of the data set weigh them.</param>
    /// <param name="key">Decides the dropout masks of this step.</param>
    /// <returns>Mean logloss of the batch; with several tasks the sum of their means, each times its weight.</returns>
    public double Step(in SampleBatch batch, ulong key)
    {
        _batch = batch;
        if (_tasks is not null)
            return TaskStep(key);
        double weights = 0;
        for (int r = 0; r < batch.Count; r++)
            weights += batch.Data.Weights?[batch[r]] ?? 1;
        _lossScale = weights > 0 ? 1 / weights : 0;
        for (int l = 0; l < _hidden.Length; l++)
            _hidden[l].DropoutKey = DropoutKey(key, l);

        int blocks = _blocks.Of(batch.Count);
        _team.Run(blocks, _forwardInput);
        for (_layer = 0; _layer < _hidden.Length; _layer++)
        {
            _hidden[_layer].Prepare(blocks, training: true);
            _team.Run(blocks, _forwardHidden);
        }

        for (_layer = _hidden.Length - 1; _layer >= 0; _layer--)
        {
            _hidden[_layer].JoinBackward(blocks);
            _team.Run(blocks, _backwardHidden);
            (_gradient, _otherGradient) = (_otherGradient, _gradient);
        }

        _team.Run(Shape.Fields.Count, _scatter);
        _dense.Sum(_team, blocks);
        double loss = 0;
        for (int b = 0; b < blocks; b++)
            loss += _losses[b];
        return loss;
    }

    /// <summary>Key of a hidden layer's dropout mask in the step with <paramref name="key"/>.</summary>
    internal static ulong DropoutKey(ulong key, int layer) => SeededRandom.Mix(key + ((ulong)layer << 56));

    private void ForwardInput(int block)
    {
        (int from, int to) = _blocks.Rows(block, _batch.Count);
        Gather(block, from, to);
        if (_hidden.Length > 0)
        {
            _hidden[0].ForwardLinear(MlpInput, block, from, to, training: true);
            return;
        }

        HeadAndLoss(block, from, to);
        BackwardInput(block, from, to);
    }

    private void ForwardHidden(int block)
    {
        (int from, int to) = _blocks.Rows(block, _batch.Count);
        HiddenLayer layer = _hidden[_layer];
        layer.ForwardActivate(from, to, training: true);
        if (_layer + 1 < _hidden.Length)
        {
            _hidden[_layer + 1].ForwardLinear(layer.Output, block, from, to, training: true);
            return;
        }

        HeadAndLoss(block, from, to);
        layer.BackwardActivate(_gradient, block, from, to);
    }

    private void BackwardHidden(int block)
    {
        (int from, int to) = _blocks.Rows(block, _batch.Count);
        if (_layer > 0)
        {
            _hidden[_layer].BackwardLinear(InputOf(_layer), _gradient, _otherGradient, accumulate: false, _dense, block, from, to);
            _hidden[_layer - 1].BackwardActivate(_otherGradient, block, from, to);
            return;
        }

        float[] target = Shape.Stacked ? _crossGradient : _inputGradient;
        _hidden[0].BackwardLinear(MlpInput, _gradient, target, accumulate: false, _dense, block, from, to);
        BackwardInput(block, from, to);
    }

    /// <summary>Gradients of the parts that read the embeddings directly; the perceptron's, where it does, is already there.</summary>
    private void BackwardInput(int block, int from, int to)
    {
        int width = _width;
        if (_hidden.Length == 0 || Shape.Stacked)
            _inputGradient.AsSpan(from * width, (to - from) * width).Clear();
        _cross?.Backward(_crossGradient, _inputGradient, _dense, block, from, to);
        if (!Shape.Pairs)
            return;
        for (int r = from; r < to; r++)
            PairInteraction.Backward(_inputs.AsSpan(r * width, width), _logitGradient[r], _pairSums[block], _inputGradient.AsSpan(r * width, width));
    }

    private void HeadAndLoss(int block, int from, int to)
    {
        Head(from, to);
        double loss = 0, biasGradient = 0;
        for (int r = from; r < to; r++)
        {
            int sample = _batch[r];
            double weight = (_batch.Data.Weights?[sample] ?? 1) * _lossScale;
            float label = _batch.Data.Labels[sample];
            loss += weight * Probabilities.CrossEntropy(_logits[r], label);
            double gradient = weight * (Probabilities.Sigmoid(_logits[r]) - label);
            _logitGradient[r] = (float)gradient;
            biasGradient += gradient;
        }

        _losses[block] = loss;
        _dense.Of(block, _headBias!)[0] = (float)biasGradient;
        if (_headWeight is null)
            return;
        Span<float> weightGradient = _dense.Of(block, _headWeight);
        weightGradient.Clear();
        ReadOnlySpan<float> weights = _headWeight.In(Parameters.Values);
        int cross = CrossHeadWidth;
        for (int r = from; r < to; r++)
        {
            float gradient = _logitGradient[r];
            if (cross > 0)
                BackwardHead(_cross!.Output, _crossGradient, r, gradient, weights[..cross], weightGradient[..cross]);
            if (cross < weights.Length)
                BackwardHead(TopOutput, TopGradient, r, gradient, weights[cross..], weightGradient[cross..]);
        }
    }

    private int CrossHeadWidth => Shape.Parallel ? _width : 0;

    private float[] TopOutput => _hidden.Length > 0 ? _hidden[^1].Output : _cross!.Output;

    private float[] TopGradient => _hidden.Length > 0 ? _gradient : _crossGradient;

    private float Dot(ReadOnlySpan<float> weights, int row)
    {
        int cross = CrossHeadWidth, top = weights.Length - cross;
        float sum = cross > 0 ? Gemm.Dot(weights[..cross], _cross!.Output.AsSpan(row * cross, cross)) : 0;
        return top > 0 ? sum + Gemm.Dot(weights[cross..], TopOutput.AsSpan(row * top, top)) : sum;
    }

    private static void BackwardHead(float[] output, float[] outputGradient, int row, float gradient, ReadOnlySpan<float> weights, Span<float> weightGradient)
    {
        int width = weights.Length;
        RowMath.AddScaled(output.AsSpan(row * width, width), gradient, weightGradient);
        RowMath.Scale(weights, gradient, outputGradient.AsSpan(row * width, width));
    }
}
