using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>
/// Weights W of a product Y = X·Wᵀ as 16-bit integers with one scale an output, w ≈ code · scale. Codes are as large as the 32-bit sums of the product allow: with W the largest weight code, A the
/// largest code of an input and c the most that the weights of an output sum up to, in units of the largest of them, W·c·A &lt; 2³¹, and W = A. For 512 inputs of normally distributed weights that is
/// some 4,400 either way, and a sum is off by about 1e-4 of itself.
/// </summary>
public sealed class Int16Matrix
{
    /// <summary>Outputs of a panel: four 512-bit vectors of 32-bit sums.</summary>
    internal const int PanelWidth = 64;

    private readonly AlignedFloats _codes, _scales;

    private Int16Matrix(int outputs, int inputs)
    {
        (Outputs, Inputs) = (outputs, inputs);
        Pairs = (inputs + 1) / 2;
        Panels = (outputs + PanelWidth - 1) / PanelWidth;
        _codes = new AlignedFloats(checked(Panels * Pairs * PanelWidth));
        _scales = new AlignedFloats(Panels * PanelWidth);
        _codes.Span.Clear();
        _scales.Span.Clear();
    }

    /// <summary>Rows of W.</summary>
    public int Outputs { get; }

    /// <summary>Columns of W.</summary>
    public int Inputs { get; }

    /// <summary>Largest code that an input may have.</summary>
    public int MostInputCode { get; private init; }

    /// <summary>Inputs two by two; the last is paired with a zero where their number is odd.</summary>
    internal int Pairs { get; }

    internal int Panels { get; }

    /// <summary>One panel after another; in each, pair after pair, the two codes of each output side by side.</summary>
    internal ReadOnlySpan<short> Codes => MemoryMarshal.Cast<float, short>(_codes.Span);

    /// <summary>One an output, zeros behind the last.</summary>
    internal ReadOnlySpan<float> Scales => _scales.Span;

    /// <summary>Rounds and packs weights.</summary>
    /// <param name="weights">[outputs, inputs], row-major.</param>
    /// <param name="outputs">Rows, 1 or more.</param>
    /// <param name="inputs">Columns, 1 or more.</param>
    /// <returns>Null where a weight is not finite, or where so few bits would be left (inputs beyond some 30,000) that rounding is not worth it.</returns>
    /// <exception cref="ArgumentException">The weights are fewer.</exception>
    public static Int16Matrix? Pack(ReadOnlySpan<float> weights, int outputs, int inputs)
    {
        MatrixBounds.CheckVector(weights.Length, checked(outputs * inputs), nameof(weights));
        double most = 1;
        for (int o = 0; o < outputs; o++)
        {
            double sum = 0, largest = 0;
            foreach (float weight in weights.Slice(o * inputs, inputs))
            {
                if (!float.IsFinite(weight))
                    return null;
                sum += Math.Abs(weight);
                largest = Math.Max(largest, Math.Abs(weight));
            }

            most = Math.Max(most, largest > 0 ? sum / largest : 1);
        }

        // Rounding adds up to half a code an input.
        int code = (int)Math.Min(short.MaxValue, Math.Floor(Math.Sqrt(int.MaxValue / (most + (inputs / 512.0)))));
        if (code < 256)
            return null;
        var matrix = new Int16Matrix(outputs, inputs) { MostInputCode = code };
        Span<short> codes = MemoryMarshal.Cast<float, short>(matrix._codes.Span);
        long sumOfCodes = 0;
        for (int o = 0; o < outputs; o++)
        {
            ReadOnlySpan<float> row = weights.Slice(o * inputs, inputs);
            float largest = 0;
            foreach (float weight in row)
                largest = MathF.Max(largest, MathF.Abs(weight));
            float factor = largest > 0 ? code / largest : 0;
            if (!float.IsFinite(factor))
                factor = 0; // weights below 1e-35: nothing of them is left in the sums
            matrix._scales.Span[o] = factor > 0 ? 1 / factor : 0;
            long sum = 0;
            for (int k = 0; k < inputs; k++)
            {
                short rounded = (short)MathF.Round(row[k] * factor);
                sum += Math.Abs((int)rounded);
                codes[((((o / PanelWidth * matrix.Pairs) + (k / 2)) * PanelWidth) + (o % PanelWidth)) * 2 + (k % 2)] = rounded;
            }

            sumOfCodes = Math.Max(sumOfCodes, sum);
        }

        return sumOfCodes * code <= int.MaxValue ? matrix : throw new InvalidOperationException($"codes of {sumOfCodes} an output times {code} do not fit 32 bits");
    }
}
