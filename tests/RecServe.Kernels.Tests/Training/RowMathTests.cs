namespace RecServe.Kernels.Tests.Training;

public sealed class RowMathTests
{
    public static TheoryData<int> Widths => [1, 7, 8, 17, 400, 1025];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_operation_equals_its_formula(int width)
    {
        float[] x = Rows.Draw(width, 1), y = Rows.Draw(width, 2), t = Rows.Draw(width, 3);

        Assert.Equal(t.Select((v, i) => v + x[i]), Written(t, target => RowMath.Add(x, target)));
        Assert.Equal(t.Select((v, i) => v + (x[i] * 0.3f)), Written(t, target => RowMath.AddScaled(x, 0.3f, target)));
        Assert.Equal(x.Select(v => v * 0.3f), Written(t, target => RowMath.Scale(x, 0.3f, target)));
        Assert.Equal(x.Select((v, i) => v * y[i]), Written(t, target => RowMath.Multiply(x, y, target)));
        Assert.Equal(t.Select((v, i) => v + (x[i] * y[i])), Written(t, target => RowMath.AddProduct(x, y, target)));
    }

    [Fact]
    public void Reading_a_row_shorter_than_the_target_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RowMath.Add(new float[3], new float[4]));

    private static float[] Written(float[] start, Action<float[]> operation)
    {
        float[] target = [.. start];
        operation(target);
        return target;
    }
}
