namespace RecServe.Kernels.Tests;

/// <summary>The row kernels of this machine, by name: each test of them runs once per kernel.</summary>
internal static class RowKernels
{
    public static TheoryData<string> Names => [.. RowKernel.Available.Select(kernel => kernel.Name)];

    public static RowKernel Named(string name) => RowKernel.Available.Single(kernel => kernel.Name == name);

    public static float[] Decode(RowKernel kernel, RowPrecision precision, byte[] row, int dim)
    {
        float[] values = new float[dim];
        RowCodec.Decode(kernel, precision, row, values);
        return values;
    }
}
