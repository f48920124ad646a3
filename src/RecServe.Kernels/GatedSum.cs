using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>Mixtures of experts: rows weighted by one column of gates, in single or double precision.</summary>
public static class GatedSum
{
    /// <summary>target_r = gates_r · y_r, or with <paramref name="add"/> target_r += gates_r · y_r.</summary>
    /// <param name="y">[rows, width].</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="gates">One gate a row, the first at index 0, <paramref name="gateStride"/> numbers apart.</param>
    /// <param name="gateStride">Numbers from one row's gate to the next row's.</param>
    /// <param name="target">[rows, width].</param>
    /// <param name="add">Whether target's content is added to.</param>
    /// <exception cref="ArgumentException">A span is shorter than the sizes say.</exception>
    public static void Apply<T>(ReadOnlySpan<T> y, int width, int rows, ReadOnlySpan<T> gates, int gateStride, Span<T> target, bool add)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (rows == 0)
            return;
        MatrixBounds.CheckVector(y.Length, rows * width, nameof(y));
        MatrixBounds.CheckVector(target.Length, rows * width, nameof(target));
        MatrixBounds.CheckVector(gates.Length, ((rows - 1) * gateStride) + 1, nameof(gates));
        for (int r = 0; r < rows; r++)
            Row(ref MemoryMarshal.GetReference(y[(r * width)..]), gates[r * gateStride], ref MemoryMarshal.GetReference(target[(r * width)..]), width, add);
    }

    private static void Row<T>(ref T y, T gate, ref T target, int width, bool add)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<T> wide = Vector512.Create(gate);
            for (; i <= width - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                Vector512<T> product = wide * Vector512.LoadUnsafe(ref y, (nuint)i);
                (add ? product + Vector512.LoadUnsafe(ref target, (nuint)i) : product).StoreUnsafe(ref target, (nuint)i);
            }
        }

        var gates = new Vector<T>(gate);
        for (; i <= width - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> product = gates * Vector.LoadUnsafe(ref y, (nuint)i);
            (add ? product + Vector.LoadUnsafe(ref target, (nuint)i) : product).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < width; i++)
        {
            T product = gate * Unsafe.Add(ref y, i);
            ref T sum = ref Unsafe.Add(ref target, i);
            sum = add ? sum + product : product;
        }
    }
}
