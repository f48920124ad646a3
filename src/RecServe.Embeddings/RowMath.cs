using System.Runtime.Intrinsics;

namespace RecServe.Embeddings;

/// <summary>The two things a gather does with a row. Product and sum are rounded apart, so that every width of vector gives the same floats.</summary>
internal static unsafe class RowMath
{
    /// <summary>to = from.</summary>
    public static void Copy(float* from, float* to, int count)
    {
        int i = 0;
        for (; i <= count - 8; i += 8)
            Vector256.Load(from + i).Store(to + i);
        for (; i < count; i++)
            to[i] = from[i];
    }

    /// <summary>to += weight · from.</summary>
    public static void AddScaled(float* from, float weight, float* to, int count)
    {
        int i = 0;
        Vector256<float> scale = Vector256.Create(weight);
        for (; i <= count - 8; i += 8)
            (Vector256.Load(to + i) + (scale * Vector256.Load(from + i))).Store(to + i);
        for (; i < count; i++)
            to[i] += weight * from[i];
    }
}
