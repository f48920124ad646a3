using System.Numerics;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>Per-column sums over the rows of a matrix, for batch normalisation.</summary>
public static class ColumnMoments
{
    /// <summary>
    /// Mean and sum of squared deviations of each column of a block of rows: two passes, so that a large mean does not eat the variance.
    /// Blocks are then joined by Chan's formula (Chan, Golub, LeVeque 1979).
    /// </summary>
    /// <param name="z">[rows, width], row-major and dense.</param>
    /// <param name="rows">Rows of z; at least 1.</param>
    /// <param name="mean">Mean of each column.</param>
    /// <param name="squares">Σ (z − mean)² of each column.</param>
    public static void Compute(ReadOnlySpan<float> z, int rows, Span<float> mean, Span<float> squares)
    {
        int width = mean.Length;
        mean.Clear();
        squares.Clear();
        for (int r = 0; r < rows; r++)
            RowMath.Add(z.Slice(r * width, width), mean);
        float share = 1f / rows;
        for (int i = 0; i < width; i++)
            mean[i] *= share;
        for (int r = 0; r < rows; r++)
            AddSquaredDeviations(z.Slice(r * width, width), mean, squares);
    }

    /// <summary>
    /// Gradient of a batch normalisation's input, in place: <c>g = factor · g + slope · (z − mean) + offset</c>, all per column.
    /// </summary>
    public static void BackwardNormalization(Span<float> gradient, ReadOnlySpan<float> z, ReadOnlySpan<float> mean,
        ReadOnlySpan<float> factor, ReadOnlySpan<float> slope, ReadOnlySpan<float> offset)
    {
        int width = gradient.Length, i = 0;
        z = z[..width];
        mean = mean[..width];
        factor = factor[..width];
        slope = slope[..width];
        offset = offset[..width];
        ref float gs = ref MemoryMarshal.GetReference(gradient), zs = ref MemoryMarshal.GetReference(z), ms = ref MemoryMarshal.GetReference(mean);
        ref float fs = ref MemoryMarshal.GetReference(factor), ss = ref MemoryMarshal.GetReference(slope), os = ref MemoryMarshal.GetReference(offset);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> centred = Vector.LoadUnsafe(ref zs, (nuint)i) - Vector.LoadUnsafe(ref ms, (nuint)i);
            Vector<float> value = (Vector.LoadUnsafe(ref gs, (nuint)i) * Vector.LoadUnsafe(ref fs, (nuint)i))
                + (centred * Vector.LoadUnsafe(ref ss, (nuint)i)) + Vector.LoadUnsafe(ref os, (nuint)i);
            value.StoreUnsafe(ref gs, (nuint)i);
        }

        for (; i < width; i++)
            gradient[i] = (gradient[i] * factor[i]) + ((z[i] - mean[i]) * slope[i]) + offset[i];
    }

    private static void AddSquaredDeviations(ReadOnlySpan<float> row, ReadOnlySpan<float> mean, Span<float> squares)
    {
        int width = squares.Length, i = 0;
        row = row[..width];
        mean = mean[..width];
        ref float rs = ref MemoryMarshal.GetReference(row), ms = ref MemoryMarshal.GetReference(mean), qs = ref MemoryMarshal.GetReference(squares);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> centred = Vector.LoadUnsafe(ref rs, (nuint)i) - Vector.LoadUnsafe(ref ms, (nuint)i);
            (Vector.LoadUnsafe(ref qs, (nuint)i) + (centred * centred)).StoreUnsafe(ref qs, (nuint)i);
        }

        for (; i < width; i++)
            squares[i] += (row[i] - mean[i]) * (row[i] - mean[i]);
    }
}
