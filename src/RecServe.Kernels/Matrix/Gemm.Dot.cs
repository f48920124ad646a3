namespace RecServe.Kernels;

public static partial class Gemm
{
    /// <summary>Σ a[i]·b[i]; the order of the sum depends on the length alone.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other; at least as long.</param>
    /// <exception cref="ArgumentException"><paramref name="b"/> is shorter than <paramref name="a"/>.</exception>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Dot(KernelSelection.Current, a, b);

    internal static unsafe float Dot(GemmKernel kernel, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        MatrixBounds.CheckVector(b.Length, a.Length, nameof(b));
        fixed (float* x = a, y = b)
            return kernel.Dot(x, y, a.Length);
    }
}
