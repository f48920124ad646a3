namespace RecServe.Kernels.Tests;

public class InteractionTests
{
    private static readonly int[] Sizes = [1, 5, 7, 8, 16, 17, 33];

    [Fact]
    public void Dot_every_kernel_equals_double_reference()
    {
        var random = new Random(51);
        foreach (int n in (int[])[0, 1, 5, 15, 16, 17, 33, 63, 64, 100, 1025])
        {
            float[] a = Floats(random, n), b = Floats(random, n);
            double expected = a.Zip(b, (x, y) => (double)x * y).Sum(), magnitude = a.Zip(b, (x, y) => Math.Abs((double)x * y)).Sum();
            Kernels.AssertClose(expected, magnitude, n, Gemm.Dot(a, b), $"{n}");
            foreach (string name in Kernels.Names)
                Kernels.AssertClose(expected, magnitude, n, Gemm.Dot(Kernels.Named(name), a, b), $"{name} {n}");
        }

        Assert.Throws<ArgumentException>(() => Gemm.Dot(new float[3], new float[2]));
    }

    [Fact]
    public void Pairs_two_sides_equals_the_double_sum_over_pairs()
    {
        var random = new Random(52);
        foreach (int dim in Sizes)
        {
            foreach (int fields in Sizes)
            {
                float[] e = Floats(random, fields * dim), sum = new float[dim];
                int first = random.Next(fields + 1);
                float actual = FieldPairs.Add(e.AsSpan(0, first * dim), sum);
                actual += FieldPairs.Add(e.AsSpan(first * dim), sum);
                double expected = 0, magnitude = 0;
                for (int f = 0; f < fields; f++)
                {
                    for (int g = f + 1; g < fields; g++)
                    {
                        for (int d = 0; d < dim; d++)
                        {
                            expected += (double)e[f * dim + d] * e[g * dim + d];
                            magnitude += Math.Abs((double)e[f * dim + d] * e[g * dim + d]);
                        }
                    }
                }

                Kernels.AssertClose(expected, magnitude, fields * fields * dim, actual, $"{fields} fields of {dim}");
                for (int d = 0; d < dim; d++)
                    Assert.Equal(Enumerable.Range(0, fields).Sum(f => (double)e[f * dim + d]), sum[d], 1e-4);
            }
        }
    }

    [Fact]
    public void Pairs_no_whole_number_of_fields_throws() =>
        Assert.Throws<ArgumentException>(() => FieldPairs.Add(new float[7], new float[4]));

    [Fact]
    public void Combine_and_Close_odd_sizes_equal_the_formula()
    {
        var random = new Random(53);
        foreach (int n in Sizes)
        {
            float[] x0 = Floats(random, n), z = Floats(random, n), x = Floats(random, n);
            float[] expected = [.. Enumerable.Range(0, n).Select(i => x0[i] * z[i] + x[i])];
            float[] closed = [.. z];
            CrossLayer.Close<float>(x0, x, closed);
            CrossLayer.Combine(x0, z, x);
            for (int i = 0; i < n; i++)
            {
                Assert.Equal(expected[i], closed[i], 1e-6f);
                Assert.Equal(expected[i], x[i], 1e-6f);
            }

            double[] x0d = [.. x0.Select(value => (double)value)], xd = [.. x0d], zd = [.. x0d];
            CrossLayer.Combine(x0d, zd, xd);
            for (int i = 0; i < n; i++)
                Assert.Equal((x0d[i] * x0d[i]) + x0d[i], xd[i], 1e-15);
        }

        Assert.Throws<ArgumentException>(() => CrossLayer.Combine(new float[2], new float[3], new float[3]));
        Assert.Throws<ArgumentException>(() => CrossLayer.Combine(new float[3], new float[2], new float[3]));
        Assert.Throws<ArgumentException>(() => CrossLayer.Close<float>(new float[3], new float[2], new float[3]));
    }

    private static float[] Floats(Random random, int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() * 2 - 1)];
}
