namespace RecServe.Compression.Gates;

/// <summary>The gate functions, scaled so that the gate of x = 1 is 1 at every ε: otherwise open gates would drift as ε falls.</summary>
public static class GateFunction
{
    /// <summary>Gate and its derivative.</summary>
    /// <param name="options">Kind, α and τ.</param>
    /// <param name="x">The field's scalar.</param>
    /// <param name="epsilon">ε now, above 0.</param>
    public static (double Value, double Slope) At(GateOptions options, double x, double epsilon)
    {
        double lift = options.Kind == GateKind.LpfsPlusPlus ? options.Alpha * Math.Pow(epsilon, 1 / options.Tau) : 0;
        double scale = (1 / (1 + epsilon)) + (lift * Math.PI / 4), sum = (x * x) + epsilon, smooth = x * x / sum;
        double value = options.Kind == GateKind.LpfsPlusPlus && x < 0 ? -smooth : smooth;
        double slope = 2 * epsilon * (options.Kind == GateKind.LpfsPlusPlus ? Math.Abs(x) : x) / (sum * sum);
        return ((value + (lift * Math.Atan(x))) / scale, (slope + (lift / (1 + (x * x)))) / scale);
    }

    /// <summary>The proximal step of λ·|x|: towards 0 by the threshold, and exactly 0 within it.</summary>
    public static double SoftThreshold(double x, double threshold) => Math.Sign(x) * Math.Max(Math.Abs(x) - threshold, 0);
}
