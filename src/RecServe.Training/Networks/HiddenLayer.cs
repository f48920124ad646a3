using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>
/// One hidden layer: linear, then batch normalisation where there is one, ReLU, dropout. Works on row blocks; where batch normalisation
/// needs sums over the whole batch, the caller joins all blocks between two calls.
/// </summary>
internal sealed partial class HiddenLayer
{
    private readonly ParameterStore _parameters;
    private readonly ParameterRange _weight, _bias;
    private readonly ParameterRange? _scale, _shift;
    private readonly float[] _z;
    private readonly float[] _factor, _addend;
    private readonly BatchNormalization? _norm;
    private readonly float _keepScale = 1;
    private readonly uint _threshold;

    /// <summary>Makes the layer whose tensors are called <paramref name="name"/>.</summary>
    public HiddenLayer(ParameterStore parameters, string name, bool batchNorm, float dropout, int batchSize, int blocks)
    {
        _parameters = parameters;
        _weight = parameters[$"{name}.weight"];
        _bias = parameters[$"{name}.bias"];
        Outputs = _weight.Rows;
        Inputs = _weight.Columns;
        _z = new float[batchSize * Outputs];
        Output = new float[batchSize * Outputs];
        _factor = new float[Outputs];
        _addend = new float[Outputs];
        if (batchNorm)
        {
            _scale = parameters[$"{name}.norm.scale"];
            _shift = parameters[$"{name}.norm.shift"];
            _norm = new BatchNormalization(Outputs, blocks);
        }

        if (dropout > 0)
        {
            _threshold = DropoutMask.Threshold(dropout);
            _keepScale = 1 / (1 - dropout);
        }

        _blockSums = new float[blocks][];
        for (int i = 0; i < blocks; i++)
            _blockSums[i] = new float[Outputs];
    }

    /// <summary>Units.</summary>
    public int Outputs { get; }

    /// <summary>Floats of an input.</summary>
    public int Inputs { get; }

    /// <summary>Activations, [batch, Outputs].</summary>
    public float[] Output { get; }

    /// <summary>Running statistics of batch normalisation, or null.</summary>
    public BatchNormalization? Norm => _norm;

    /// <summary>Key of this step's dropout mask; its indices are row · Outputs + unit.</summary>
    public ulong DropoutKey { get; set; }

    /// <summary>z = x·Wᵀ of rows [from, to); in training with batch normalisation also the block's moments. The bias is added with the shift.</summary>
    public void ForwardLinear(float[] input, int block, int from, int to, bool training)
    {
        int rows = to - from;
        Gemm.Multiply(false, true, rows, Outputs, Inputs, input.AsSpan(from * Inputs, rows * Inputs), Inputs,
            _weight.In(_parameters.Values), Inputs, _z.AsSpan(from * Outputs, rows * Outputs), Outputs);
        if (training)
            _norm?.AddBlock(block, _z.AsSpan(from * Outputs, rows * Outputs), rows);
    }

    /// <summary>Decides factor and addend of each unit: call once, when all blocks of a batch have passed <see cref="ForwardLinear"/>.</summary>
    public void Prepare(int blocks, bool training)
    {
        ReadOnlySpan<float> bias = _bias.In(_parameters.Values);
        if (_norm is null)
        {
            _factor.AsSpan().Fill(1);
            bias.CopyTo(_addend);
            return;
        }

        ReadOnlySpan<float> scale = _scale!.In(_parameters.Values), shift = _shift!.In(_parameters.Values);
        if (training)
            _norm.JoinBlocks(blocks, bias, scale, shift, _factor, _addend);
        else
            _norm.Running(bias, scale, shift, _factor, _addend);
    }

    /// <summary>Activations of rows [from, to).</summary>
    public void ForwardActivate(int from, int to, bool training)
    {
        for (int r = from; r < to; r++)
        {
            ReadOnlySpan<float> z = _z.AsSpan(r * Outputs, Outputs);
            Span<float> y = Output.AsSpan(r * Outputs, Outputs);
            if (training && _threshold > 0)
                HiddenUnits.ForwardDropout(z, _factor, _addend, y, DropoutKey, (uint)(r * Outputs), _threshold, _keepScale);
            else
                HiddenUnits.Forward(z, _factor, _addend, y);
        }
    }
}
