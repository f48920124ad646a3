namespace RecServe.Kernels.Tests;

/// <summary>Every kernel this machine can run, by name.</summary>
internal static class Kernels
{
    public static IEnumerable<string> Names => KernelSelection.Available.Select(kernel => kernel.Name);

    public static GemmKernel Named(string name) => KernelSelection.Choose(name);

    /// <summary>Σ a·b in double and what single precision may differ from it: half an ulp of Σ|a·b| for each of the k additions.</summary>
    public static void AssertClose(double expected, double magnitude, int k, float actual, string where)
    {
        double bound = (k + 3) * magnitude * Math.Pow(2, -24) + 1e-30;
        Assert.True(Math.Abs(expected - actual) <= bound, $"{where}: expected {expected}, got {actual}, bound {bound}");
    }
}
