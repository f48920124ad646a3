namespace RecServe.Kernels.Tests;

public class GemmLinearTests
{
    private static readonly int[] Sizes = [1, 5, 6, 7, 15, 16, 17, 33, 100];

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
    public void Linear_odd_sizes_equals_double_reference(string kernel, bool bias, bool relu, bool accumulate)
    {
        var random = new Random(11);
        foreach (int rows in Sizes)
        {
            foreach (int inputs in Sizes)
            {
                foreach (int outputs in Sizes)
                    Check(kernel, rows, inputs, outputs, bias, relu, accumulate, random.Next(3), random);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Linear_several_blocks_equals_double_reference(string kernel, bool bias, bool relu, bool accumulate)
    {
        var random = new Random(12);
        Check(kernel, 3, 1025, 400, bias, relu, accumulate, 1, random);
        Check(kernel, 17, 400, 1025, bias, relu, accumulate, 0, random);
        Check(kernel, 1, 1025, 1025, bias, relu, accumulate, 2, random);
        Check(kernel, 31, 1024, 40, bias, relu, accumulate, 0, random);
        Check(kernel, 25, 40, 33, bias, relu, accumulate, 1024 - 40, random);
        Check(kernel, 4, 0, 33, bias, relu, accumulate, 0, random);
        Check(kernel, 0, 7, 33, bias, relu, accumulate, 0, random);
    }

    [Theory]
    [MemberData(nameof(KernelNames))]
    public void Linear_rows_split_between_calls_equals_one_call_to_the_bit(string kernel)
    {
        var random = new Random(13);
        foreach (int outputs in (int[])[1, 33, 512])
        {
            var x = new GuardedMatrix(41, 700, 3, random);
            var w = new GuardedMatrix(outputs, 700, 0, random);
            PackedMatrix packed = PackedMatrix.Pack(w.Span, outputs, 700, w.Stride, Kernels.Named(kernel));
            float[] whole = new float[41 * outputs], split = new float[41 * outputs];
            Gemm.Linear(x.Span, x.Stride, 41, packed, [], Activation.None, whole, outputs);
            for (int r = 0, rows; r < 41; r += rows)
            {
                rows = Math.Min(41 - r, 1 + random.Next(9));
                Gemm.Linear(x.Span[(r * x.Stride)..], x.Stride, rows, packed, [], Activation.None, split.AsSpan(r * outputs), outputs);
            }

            Assert.Equal(whole, split);
        }
    }

    [Theory]
    [MemberData(nameof(KernelNames))]
    public void Linear_bias_holding_the_first_inputs_equals_accumulating_to_the_bit(string kernel)
    {
        // What scoring relies on: the user's part as the bias of the item's part, or both accumulated row by row.
        var random = new Random(14);
        var user = new GuardedMatrix(1, 70, 0, random);
        var items = new GuardedMatrix(29, 30, 0, random);
        PackedMatrix first = PackedMatrix.Pack(new GuardedMatrix(50, 70, 0, random).Span, 50, 70, 70, Kernels.Named(kernel));
        PackedMatrix second = PackedMatrix.Pack(new GuardedMatrix(50, 30, 0, random).Span, 50, 30, 30, Kernels.Named(kernel));
        float[] bias = new float[50], once = new float[29 * 50], rows = new float[29 * 50];
        Gemm.Linear(user.Span, 70, 1, first, [], Activation.None, bias, 50);
        Gemm.Linear(items.Span, 30, 29, second, bias, Activation.Relu, once, 50);
        for (int r = 0; r < 29; r++)
            Gemm.Linear(user.Span, 70, 1, first, [], Activation.None, rows.AsSpan(r * 50), 50);
        Gemm.Linear(items.Span, 30, 29, second, [], Activation.Relu, rows, 50, accumulate: true);
        Assert.Equal(once, rows);
    }

    [Fact]
    public void Linear_short_spans_throws_expected_and_actual()
    {
        PackedMatrix w = PackedMatrix.Pack(new float[6], 2, 3, 3);
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            Gemm.Linear(new float[8], 3, 3, w, [], Activation.None, new float[6], 2));
        Assert.Equal("expected 3 × 3 elements with rows 3 apart, 9 floats; got 8 (Parameter 'x')", error.Message);
        Assert.Throws<ArgumentException>(() => Gemm.Linear(new float[9], 3, 3, w, [], Activation.None, new float[5], 2));
        Assert.Throws<ArgumentException>(() => Gemm.Linear(new float[9], 3, 3, w, new float[1], Activation.None, new float[6], 2));
        Assert.Throws<ArgumentException>(() => Gemm.Linear(new float[9], 2, 3, w, [], Activation.None, new float[6], 2));
        Assert.Throws<ArgumentException>(() => PackedMatrix.Pack(new float[5], 2, 3, 3));
    }

    [Fact]
    public void Linear_after_the_first_call_allocates_nothing()
    {
        PackedMatrix w = PackedMatrix.Pack(new float[33 * 100], 33, 100, 100);
        float[] x = new float[50 * 100], y = new float[50 * 33];
        Assert.Equal(0, Allocations.Least(() => Gemm.Linear(x, 100, 50, w, [], Activation.Relu, y, 33)));
    }

    public static TheoryData<string> KernelNames() => new(Kernels.Names);

    private static void Check(string kernel, int rows, int inputs, int outputs, bool bias, bool relu, bool accumulate, int gap, Random random)
    {
        var x = new GuardedMatrix(rows, inputs, gap, random);
        var w = new GuardedMatrix(outputs, inputs, gap, random);
        var b = new GuardedMatrix(1, bias ? outputs : 0, 0, random);
        var y = new GuardedMatrix(rows, outputs, gap, accumulate ? random : null);
        GuardedMatrix before = y.Copy();
        PackedMatrix packed = PackedMatrix.Pack(w.Span, outputs, inputs, w.Stride, Kernels.Named(kernel));
        Gemm.Linear(x.Span, x.Stride, rows, packed, b.Span, relu ? Activation.Relu : Activation.None, y.Span, y.Stride, accumulate);
        for (int r = 0; r < rows; r++)
        {
            for (int o = 0; o < outputs; o++)
            {
                double sum = (bias ? b[0, o] : 0) + (accumulate ? before[r, o] : 0.0), magnitude = Math.Abs(sum) + 1;
                for (int i = 0; i < inputs; i++)
                {
                    double product = (double)x[r, i] * w[o, i];
                    sum += product;
                    magnitude += Math.Abs(product);
                }

                Kernels.AssertClose(relu ? Math.Max(0, sum) : sum, magnitude, inputs + 2, y[r, o], $"{rows}×{inputs}→{outputs} at {r},{o}");
            }
        }

        y.AssertGuardsIntact();
    }
}
