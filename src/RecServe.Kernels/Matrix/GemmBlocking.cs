namespace RecServe.Kernels;

/// <summary>How the loops are cut so that what is read again lies in a cache (32 KiB of L1, 1 MiB of L2).</summary>
internal static class GemmBlocking
{
    /// <summary>Longest run of k in one pass. 12 packed rows of A take 24 KiB then.</summary>
    public const int MaxDepth = 512;

    /// <summary>Floats of B that a pass over the rows reads for every tile: 768 KiB, which leaves a quarter of L2 to A and C.</summary>
    public const int BlockFloats = 192 * 1024;

    /// <summary>Length of the passes over k: equal ones rather than a short last one.</summary>
    public static int Depth(int k)
    {
        int passes = Math.Max(1, (k + MaxDepth - 1) / MaxDepth);
        return (k + passes - 1) / passes;
    }

    /// <summary>Columns of a block: a multiple of the panel width, blocks as equal as panels allow.</summary>
    public static int Columns(GemmKernel kernel, int n, int depth)
    {
        int panel = kernel.PanelWidth, panels = (n + panel - 1) / panel;
        int most = Math.Max(1, BlockFloats / (Math.Max(1, depth) * panel));
        int blocks = (panels + most - 1) / most;
        return (panels + blocks - 1) / blocks * panel;
    }
}
