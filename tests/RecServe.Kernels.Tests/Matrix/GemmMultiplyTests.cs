namespace RecServe.Kernels.Tests;

public class GemmMultiplyTests
{
    public static TheoryData<string, bool, bool, bool> Cases()
    {
        var cases = new TheoryData<string, bool, bool, bool>();
        foreach (string kernel in Kernels.Names)
        {
            for (int flags = 0; flags < 8; flags++)
                cases.Add(kernel, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Multiply_odd_sizes_equals_double_reference(string kernel, bool transposeA, bool transposeB, bool accumulate)
    {
        var random = new Random(21);
        int[] sizes = [1, 5, 6, 7, 15, 16, 17, 33, 100];
        foreach (int m in sizes)
        {
            foreach (int n in sizes)
            {
                foreach (int k in sizes)
                    Check(kernel, transposeA, transposeB, m, n, k, accumulate, random.Next(3), random);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Multiply_several_blocks_equals_double_reference(string kernel, bool transposeA, bool transposeB, bool accumulate)
    {
        var random = new Random(22);
        Check(kernel, transposeA, transposeB, 7, 400, 1025, accumulate, 1, random);
        Check(kernel, transposeA, transposeB, 33, 1025, 100, accumulate, 0, random);
        Check(kernel, transposeA, transposeB, 1025, 17, 6, accumulate, 2, random);
        Check(kernel, transposeA, transposeB, 1, 1025, 1025, accumulate, 0, random);
        Check(kernel, transposeA, transposeB, 1025, 1, 1025, accumulate, 0, random);
        Check(kernel, transposeA, transposeB, 5, 6, 0, accumulate, 0, random);
    }

    [Theory]
    [MemberData(nameof(KernelNames))]
    public void Multiply_rows_split_between_calls_equals_one_call_to_the_bit(string kernel)
    {
        var random = new Random(23);
        foreach (int n in (int[])[1, 33, 400])
        {
            foreach (bool transposeB in (bool[])[false, true])
            {
                var a = new GuardedMatrix(41, 700, 0, random);
                var b = new GuardedMatrix(transposeB ? n : 700, transposeB ? 700 : n, 0, random);
                float[] whole = new float[41 * n], split = new float[41 * n];
                Gemm.Multiply(Kernels.Named(kernel), false, transposeB, 41, n, 700, a.Span, 700, b.Span, b.Stride, whole, n, false);
                for (int r = 0, rows; r < 41; r += rows)
                {
                    rows = Math.Min(41 - r, 1 + random.Next(9));
                    Gemm.Multiply(Kernels.Named(kernel), false, transposeB, rows, n, 700, a.Span[(r * 700)..], 700, b.Span, b.Stride,
                        split.AsSpan(r * n), n, false);
                }

                Assert.Equal(whole, split);
            }
        }
    }

    [Fact]
    public void Multiply_after_the_first_call_allocates_nothing()
    {
        float[] a = new float[90 * 80], b = new float[80 * 70], c = new float[90 * 70];
        Assert.Equal(0, Allocations.Least(() => Gemm.Multiply(false, false, 90, 70, 80, a, 80, b, 70, c, 70)));
    }

    [Fact]
    public void Multiply_short_span_throws()
    {
        Assert.Throws<ArgumentException>(() => Gemm.Multiply(true, false, 3, 2, 4, new float[11], 3, new float[8], 2, new float[6], 2));
        Assert.Throws<ArgumentException>(() => Gemm.Multiply(false, true, 3, 2, 4, new float[12], 4, new float[7], 4, new float[6], 2));
        Assert.Throws<ArgumentException>(() => Gemm.Multiply(false, false, 3, 2, 4, new float[12], 4, new float[8], 2, new float[5], 2));
    }

    public static TheoryData<string> KernelNames() => new(Kernels.Names);

    private static void Check(string kernel, bool transposeA, bool transposeB, int m, int n, int k, bool accumulate, int gap, Random random)
    {
        var a = new GuardedMatrix(transposeA ? k : m, transposeA ? m : k, gap, random);
        var b = new GuardedMatrix(transposeB ? n : k, transposeB ? k : n, gap, random);
        var c = new GuardedMatrix(m, n, gap, accumulate ? random : null);
        GuardedMatrix before = c.Copy();
        Gemm.Multiply(Kernels.Named(kernel), transposeA, transposeB, m, n, k, a.Span, a.Stride, b.Span, b.Stride, c.Span, c.Stride, accumulate);
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = accumulate ? before[i, j] : 0, magnitude = Math.Abs(sum) + 1;
                for (int p = 0; p < k; p++)
                {
                    double product = (double)(transposeA ? a[p, i] : a[i, p]) * (transposeB ? b[j, p] : b[p, j]);
                    sum += product;
                    magnitude += Math.Abs(product);
                }

                Kernels.AssertClose(sum, magnitude, k + 1, c[i, j], $"{m}×{n}×{k} at {i},{j}");
            }
        }

        c.AssertGuardsIntact();
    }
}
