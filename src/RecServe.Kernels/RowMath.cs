using System.Numerics;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>Elementwise arithmetic on rows of floats. Spans that are read have at least the length of the one that is written.</summary>
public static class RowMath
{
    /// <summary>target += x.</summary>
    public static void Add(ReadOnlySpan<float> x, Span<float> target)
    {
        int width = target.Length, i = 0;
        x = x[..width];
        ref float xs = ref MemoryMarshal.GetReference(x), ts = ref MemoryMarshal.GetReference(target);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.LoadUnsafe(ref ts, (nuint)i) + Vector.LoadUnsafe(ref xs, (nuint)i)).StoreUnsafe(ref ts, (nuint)i);
        for (; i < width; i++)
            target[i] += x[i];
    }

    /// <summary>target += factor · x.</summary>
    public static void AddScaled(ReadOnlySpan<float> x, float factor, Span<float> target)
    {
        int width = target.Length, i = 0;
        x = x[..width];
        ref float xs = ref MemoryMarshal.GetReference(x), ts = ref MemoryMarshal.GetReference(target);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.LoadUnsafe(ref ts, (nuint)i) + (Vector.LoadUnsafe(ref xs, (nuint)i) * factor)).StoreUnsafe(ref ts, (nuint)i);
        for (; i < width; i++)
            target[i] += x[i] * factor;
    }

    /// <summary>target = factor · x.</summary>
    public static void Scale(ReadOnlySpan<float> x, float factor, Span<float> target)
    {
        int width = target.Length, i = 0;
        x = x[..width];
        ref float xs = ref MemoryMarshal.GetReference(x), ts = ref MemoryMarshal.GetReference(target);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.LoadUnsafe(ref xs, (nuint)i) * factor).StoreUnsafe(ref ts, (nuint)i);
        for (; i < width; i++)
            target[i] = x[i] * factor;
    }

    /// <summary>target = x ⊙ y.</summary>
    public static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target)
    {
        int width = target.Length, i = 0;
        x = x[..width];
        y = y[..width];
        ref float xs = ref MemoryMarshal.GetReference(x), ys = ref MemoryMarshal.GetReference(y), ts = ref MemoryMarshal.GetReference(target);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.LoadUnsafe(ref xs, (nuint)i) * Vector.LoadUnsafe(ref ys, (nuint)i)).StoreUnsafe(ref ts, (nuint)i);
        for (; i < width; i++)
            target[i] = x[i] * y[i];
    }

    /// <summary>target += x ⊙ y.</summary>
    public static void AddProduct(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target)
    {
        int width = target.Length, i = 0;
        x = x[..width];
        y = y[..width];
        ref float xs = ref MemoryMarshal.GetReference(x), ys = ref MemoryMarshal.GetReference(y), ts = ref MemoryMarshal.GetReference(target);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> product = Vector.LoadUnsafe(ref xs, (nuint)i) * Vector.LoadUnsafe(ref ys, (nuint)i);
            (Vector.LoadUnsafe(ref ts, (nuint)i) + product).StoreUnsafe(ref ts, (nuint)i);
        }

        for (; i < width; i++)
            target[i] += x[i] * y[i];
    }
}
