namespace RecServe.Training.Networks;

/// <summary>
/// Initial parameters as in FuxiCTR: tables N(0, deviation²), weights Xavier-normal (Glorot, Bengio 2010: variance 2 / (inputs +
/// outputs)), biases and shifts 0, scales 1. The rows of numeric fields are drawn like all others (FuxiCTR draws them Xavier-normal,
/// which for one input is a deviation near 1: too much for the raw numbers that this product accepts).
/// </summary>
public static class ParameterInitializer
{
    /// <summary>Draws all parameters.</summary>
    /// <param name="parameters">Where they go.</param>
    /// <param name="deviation">Standard deviation of table values.</param>
    /// <param name="random">Source; its state decides all of them.</param>
    public static void Draw(ParameterStore parameters, float deviation, SeededRandom random)
    {
        foreach (ParameterRange range in parameters.Ranges)
        {
            Span<float> values = range.In(parameters.Values);
            if (range.Offset < parameters.TablesEnd)
                Normal(values, deviation, random);
            else if (range.Name.EndsWith(".weight", StringComparison.Ordinal))
                Normal(values, Math.Sqrt(2.0 / (range.Rows + range.Columns)), random);
            else
                values.Fill(range.Name.EndsWith(".scale", StringComparison.Ordinal) ? 1 : 0);
        }
    }

    private static void Normal(Span<float> values, double deviation, SeededRandom random)
    {
        foreach (ref float value in values)
            value = (float)(deviation * random.NextGaussian());
    }
}
