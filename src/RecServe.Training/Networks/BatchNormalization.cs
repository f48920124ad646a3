using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>
/// Batch normalisation (Ioffe, Szegedy 2015) of a layer's sums, as torch.nn.BatchNorm1d: ε 1e-5, running statistics with momentum 0.1
/// and the unbiased variance. The sums come without the bias, which is only added to the running mean.
/// </summary>
internal sealed class BatchNormalization
{
    /// <summary>Added to the variance.</summary>
    public const float Epsilon = 1e-5f;

    private const double Momentum = 0.1;
    private readonly int _width;
    private readonly int[] _rows;
    private readonly float[][] _means, _squares, _gradients, _products;
    private readonly float[] _mean, _inverse, _factor, _slope, _offset;
    private int _total;

    public BatchNormalization(int width, int blocks)
    {
        _width = width;
        _rows = new int[blocks];
        (_means, _squares, _gradients, _products) = (Make(blocks), Make(blocks), Make(blocks), Make(blocks));
        (_mean, _inverse, _factor, _slope, _offset) = (new float[width], new float[width], new float[width], new float[width], new float[width]);
        RunningMean = new float[width];
        RunningVariance = new float[width];
        RunningVariance.AsSpan().Fill(1);
    }

    /// <summary>Running mean of each unit's sum, bias included.</summary>
    public float[] RunningMean { get; }

    /// <summary>Running unbiased variance of each unit's sum.</summary>
    public float[] RunningVariance { get; }

    /// <summary>Mean of each unit's sum over the last batch, without the bias.</summary>
    public ReadOnlySpan<float> Mean => _mean;

    public Span<float> GradientOf(int block) => _gradients[block];

    public Span<float> ProductOf(int block) => _products[block];

    /// <summary>Takes the moments of a block of rows.</summary>
    public void AddBlock(int block, ReadOnlySpan<float> z, int rows)
    {
        _rows[block] = rows;
        ColumnMoments.Compute(z, rows, _means[block], _squares[block]);
    }

    /// <summary>Statistics of the whole batch: updates the running ones and gives each unit's factor and addend.</summary>
    public void JoinBlocks(int blocks, ReadOnlySpan<float> bias, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> factor, Span<float> addend)
    {
        _total = 0;
        for (int b = 0; b < blocks; b++)
            _total += _rows[b];
        for (int i = 0; i < _width; i++)
        {
            double count = 0, mean = 0, squares = 0;
            for (int b = 0; b < blocks; b++)
            {
                double difference = _means[b][i] - mean, joined = count + _rows[b];
                squares += _squares[b][i] + (difference * difference * count * _rows[b] / joined);
                mean += difference * _rows[b] / joined;
                count = joined;
            }

            double variance = squares / count, inverse = 1 / Math.Sqrt(variance + Epsilon);
            _mean[i] = (float)mean;
            _inverse[i] = (float)inverse;
            factor[i] = (float)(scale[i] * inverse);
            addend[i] = (float)(shift[i] - (mean * scale[i] * inverse));
            RunningMean[i] = (float)(RunningMean[i] + (Momentum * (mean + bias[i] - RunningMean[i])));
            RunningVariance[i] = (float)(RunningVariance[i] + (Momentum * ((squares / Math.Max(1, count - 1)) - RunningVariance[i])));
        }
    }

    /// <summary>Each unit's factor and addend by the running statistics.</summary>
    public void Running(ReadOnlySpan<float> bias, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> factor, Span<float> addend)
    {
        for (int i = 0; i < _width; i++)
        {
            double inverse = scale[i] / Math.Sqrt((double)RunningVariance[i] + Epsilon);
            factor[i] = (float)inverse;
            addend[i] = (float)(((bias[i] - (double)RunningMean[i]) * inverse) + shift[i]);
        }
    }

    /// <summary>Joins the blocks' sums of g and g·(z − mean) into the coefficients of the input gradient.</summary>
    public void JoinGradients(int blocks, ReadOnlySpan<float> scale)
    {
        for (int i = 0; i < _width; i++)
        {
            double gradient = 0, product = 0;
            for (int b = 0; b < blocks; b++)
            {
                gradient += _gradients[b][i];
                product += _products[b][i];
            }

            // dz = γσ(g − mean(g) − (z − μ)σ² · mean(g(z − μ))), with σ = 1/√(var + ε)
            double inverse = _inverse[i], factor = scale[i] * inverse;
            _factor[i] = (float)factor;
            _slope[i] = (float)(-factor * inverse * inverse * product / _total);
            _offset[i] = (float)(-factor * gradient / _total);
        }
    }

    /// <summary>Gradient of one row's sums, in place.</summary>
    public void Backward(Span<float> gradient, ReadOnlySpan<float> z) =>
        ColumnMoments.BackwardNormalization(gradient, z, _mean, _factor, _slope, _offset);

    /// <summary>A block's share of the gradients of scale and shift.</summary>
    public void WriteGradients(int block, Span<float> scale, Span<float> shift)
    {
        RowMath.Multiply(_products[block], _inverse, scale);
        _gradients[block].CopyTo(shift);
    }

    private float[][] Make(int blocks)
    {
        var arrays = new float[blocks][];
        for (int b = 0; b < blocks; b++)
            arrays[b] = new float[_width];
        return arrays;
    }
}
