namespace RecServe.Kernels;

/// <summary>
/// Which instruction set the kernels use, chosen once per process: the first of the table that the machine has, or the one that the
/// environment variable <c>RECSERVE_KERNEL</c> names (<c>vector512</c>, <c>vector256</c>, <c>scalar</c>).
/// </summary>
public static class KernelSelection
{
    /// <summary>Name of the environment variable that forces a kernel.</summary>
    public const string Variable = "RECSERVE_KERNEL";

    // In order of preference. On cores that split 512-bit operations the wide tile still wins: half the instructions for the same sums.
    private static readonly GemmKernel[] Table = [new Vector512GemmKernel(), new Vector256GemmKernel(), new ScalarGemmKernel()];

    /// <summary>Name of the kernel in use.</summary>
    public static string Name => Current.Name;

    /// <summary>Every kernel that this machine can run, the preferred one first.</summary>
    internal static IReadOnlyList<GemmKernel> Available { get; } = [.. Table.Where(kernel => kernel.IsSupported)];

    internal static GemmKernel Current { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    internal static GemmKernel Choose(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return Available[0];
        foreach (GemmKernel kernel in Available)
        {
            if (kernel.Name == name)
                return kernel;
        }

        throw new NotSupportedException(
            $"{Variable} is '{name}'; this machine can run {string.Join(", ", Available.Select(kernel => kernel.Name))}");
    }
}
