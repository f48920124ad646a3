namespace RecServe.Kernels;

/// <summary>The row operations at one register width: raw pointers, no checks; <see cref="RowCodec"/> is the door.</summary>
internal abstract unsafe class RowKernel
{
    // In order of preference, named as in KernelSelection: one environment variable forces them together.
    private static readonly RowKernel[] Table =
        [new RowKernel<Vector512RowLoop>(), new RowKernel<Vector256RowLoop>(), new RowKernel<ScalarRowLoop>()];

    /// <summary>Every row kernel that this machine can run, the preferred one first.</summary>
    public static IReadOnlyList<RowKernel> Available { get; } = [.. Table.Where(kernel => kernel.IsSupported)];

    /// <summary>The one in use: that of <see cref="KernelSelection"/>.</summary>
    public static RowKernel Current { get; } = Available.First(kernel => kernel.Name == KernelSelection.Name);

    public abstract string Name { get; }

    public abstract bool IsSupported { get; }

    public abstract void Decode(RowPrecision precision, byte* row, int dim, float* values);

    public abstract void DecodeAdd(RowPrecision precision, byte* row, int dim, float* values, float weight);

    public abstract void DecodeMax(RowPrecision precision, byte* row, int dim, float* values);

    /// <summary>Decodes many rows to consecutive vectors of dim floats, asking for the rows ahead meanwhile.</summary>
    public abstract void DecodeRows(RowPrecision precision, int dim, in RowBatch rows, float* values);

    /// <summary>The same, with the bits in which the 8 bytes at the start of each place differ from a key; gives all of these bits together.</summary>
    public abstract ulong DecodeKeyedRows(RowPrecision precision, int dim, in RowBatch rows, ulong* keys, ulong* differences, float* values);

    /// <summary>Decodes many rows, row j to vector <paramref name="numbers"/>[j] of dim floats.</summary>
    public abstract void DecodeScattered(RowPrecision precision, int dim, in RowBatch rows, int* numbers, float* values);

    /// <summary>Decodes rows of an array by number, asking for the row <paramref name="distance"/> further on meanwhile.</summary>
    public abstract void DecodeIndexed(RowPrecision precision, int dim, in RowArray rows, ReadOnlySpan<int> numbers, int distance, float* values);

    public abstract RowExtent Measure(float* values, int dim);

    public abstract void QuantizeAffine(float* values, int dim, float bias, float inverse, int top, byte* codes);

    public abstract void QuantizeSymmetric(float* values, int dim, float scale, sbyte* codes);
}
