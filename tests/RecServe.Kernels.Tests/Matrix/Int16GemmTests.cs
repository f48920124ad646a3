namespace RecServe.Kernels.Tests.Matrix;

public sealed class Int16GemmTests
{
    private readonly Random _random = new(81);

    /// <summary>By vectors where the machine has them, and by numbers.</summary>
    public static TheoryData<bool> Ways => System.Runtime.Intrinsics.X86.Avx512BW.IsSupported ? [true, false] : [false];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Linear_any_shape_is_as_near_the_product_as_rounding_allows(bool byVectors)
    {
        foreach ((int rows, int inputs, int outputs) in ((int, int, int)[])[(1, 1, 1), (6, 32, 64), (7, 33, 65), (50, 512, 256), (13, 100, 127), (48, 31, 63), (49, 256, 130)])
        {
            int xStride = inputs + 3, yStride = outputs + 2;
            float[] x = Draw(rows * xStride), w = Draw(outputs * inputs), bias = Draw(outputs), y = new float[rows * yStride];
            Array.Fill(y, 7);
            Int16Matrix packed = Int16Matrix.Pack(w, outputs, inputs)!;
            Int16Gemm.Linear(x, xStride, rows, packed, bias, Activation.Relu, y, yStride, byVectors);
            for (int r = 0; r < rows; r++)
            {
                ReadOnlySpan<float> row = x.AsSpan(r * xStride, inputs);
                double largest = Max(row);
                for (int o = 0; o < outputs; o++)
                {
                    double sum = bias[o], error = 1e-6, weightStep = Max(w.AsSpan(o * inputs, inputs)) / packed.MostInputCode, inputStep = largest / packed.MostInputCode;
                    for (int k = 0; k < inputs; k++)
                    {
                        sum += (double)row[k] * w[(o * inputs) + k];
                        error += 0.51 * ((weightStep * Math.Abs(row[k])) + (inputStep * Math.Abs(w[(o * inputs) + k])) + (weightStep * inputStep));
                    }

                    Assert.InRange(y[(r * yStride) + o], Math.Max(0, sum) - error, Math.Max(0, sum) + error);
                }

                Assert.All(y.AsSpan((r * yStride) + outputs, Math.Min(2, y.Length - (r * yStride) - outputs)).ToArray(), beyond => Assert.Equal(7, beyond));
            }
        }
    }

    [Fact]
    public void Linear_by_vectors_equals_it_by_numbers_to_the_bit()
    {
        const int rows = 20, inputs = 77, outputs = 140;
        float[] x = Draw(rows * inputs), w = Draw(outputs * inputs), bias = Draw(outputs), fast = new float[rows * outputs], plain = new float[rows * outputs];
        Int16Matrix packed = Int16Matrix.Pack(w, outputs, inputs)!;
        Int16Gemm.Linear(x, inputs, rows, packed, bias, Activation.None, fast, outputs);
        Int16Gemm.Linear(x, inputs, rows, packed, bias, Activation.None, plain, outputs, byVectors: false);
        Assert.Equal(plain, fast);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Sums_that_are_as_large_as_they_can_be_do_not_overflow(float sign)
    {
        foreach (int inputs in (int[])[1, 2, 511, 2_000, 20_000])
        {
            float[] y = new float[70];
            Int16Matrix packed = Int16Matrix.Pack(Enumerable.Repeat(0.3f, 70 * inputs).ToArray(), 70, inputs)!;
            Int16Gemm.Linear(Enumerable.Repeat(0.7f * sign, inputs).ToArray(), inputs, 1, packed, new float[70], Activation.None, y, 70);
            Assert.All(y, output => Assert.Equal(1, output / (0.21f * sign * inputs), 1e-5f));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Row_with_a_number_that_is_not_finite_is_NaN_and_others_are_not(float hostile)
    {
        float[] x = Draw(8 * 40), y = new float[8 * 3];
        x[(2 * 40) + 39] = hostile;
        Int16Gemm.Linear(x, 40, 8, Int16Matrix.Pack(Draw(3 * 40), 3, 40)!, new float[3], Activation.Relu, y, 3);
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(i / 3 == 2, float.IsNaN(y[i]));
    }

    [Fact]
    public void Zeros_and_numbers_too_small_to_scale_give_the_bias()
    {
        float[] y = new float[4];
        Int16Gemm.Linear([0, 0, 1e-44f, 0], 2, 2, Int16Matrix.Pack([1, 2, 3, 4], 2, 2)!, [5, 6], Activation.None, y, 2);
        Assert.Equal([5, 6, 5, 6], y);
        Int16Gemm.Linear([1, 1], 2, 1, Int16Matrix.Pack([0, 0, 1e-42f, 0], 2, 2)!, [5, 6], Activation.None, y, 2);
        Assert.Equal([5, 6], y[..2]);
    }

    [Fact]
    public void Pack_weights_that_are_not_finite_gives_none() => Assert.Null(Int16Matrix.Pack([1, float.NaN], 1, 2));

    private static double Max(ReadOnlySpan<float> numbers)
    {
        double most = 0;
        foreach (float number in numbers)
            most = Math.Max(most, Math.Abs(number));
        return most;
    }

    private float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((_random.NextDouble() + _random.NextDouble() + _random.NextDouble() - 1.5) * 2))];
}
