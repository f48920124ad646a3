using System.Numerics;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>One step of Adam (Kingma, Ba 2015, algorithm 1) over a range of parameters, in the order of operations of torch.optim.Adam.</summary>
public static class AdamUpdate
{
    /// <summary>Adds the gradient of (λ/2)·w² to the gradient and gives the sum of squares of the result.</summary>
    /// <param name="gradient">Gradient; changed in place.</param>
    /// <param name="weights">Parameters.</param>
    /// <param name="lambda">λ; 0 for none.</param>
    public static double Regularize(Span<float> gradient, ReadOnlySpan<float> weights, float lambda)
    {
        double total = 0;
        // Squares are summed in float over 4,096 parameters and in double beyond: exact enough for a norm and twice as fast.
        for (int start = 0; start < gradient.Length; start += 4096)
        {
            int length = Math.Min(4096, gradient.Length - start);
            total += RegularizeBlock(gradient.Slice(start, length), weights.Slice(start, length), lambda);
        }

        return total;
    }

    /// <summary>
    /// m = β₁m + (1−β₁)g, v = β₂v + (1−β₂)g², w −= stepSize · m / (√v · rootCorrection + ε), with g = clip · gradient; then the
    /// gradient is zeroed for the next step.
    /// </summary>
    /// <param name="weights">Parameters.</param>
    /// <param name="gradient">Gradient; zeroed.</param>
    /// <param name="first">First moments m.</param>
    /// <param name="second">Second moments v.</param>
    /// <param name="clip">Factor of the gradient: below 1 where the global norm is clipped.</param>
    /// <param name="stepSize">Learning rate / (1 − β₁ᵗ).</param>
    /// <param name="rootCorrection">1 / √(1 − β₂ᵗ).</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    public static void Apply(Span<float> weights, Span<float> gradient, Span<float> first, Span<float> second, float clip, float stepSize,
        float rootCorrection, float beta1, float beta2, float epsilon)
    {
        int length = weights.Length, i = 0;
        gradient = gradient[..length];
        first = first[..length];
        second = second[..length];
        ref float ws = ref MemoryMarshal.GetReference(weights), gs = ref MemoryMarshal.GetReference(gradient);
        ref float ms = ref MemoryMarshal.GetReference(first), vs = ref MemoryMarshal.GetReference(second);
        var eps = new Vector<float>(epsilon);
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> g = Vector.LoadUnsafe(ref gs, (nuint)i) * clip;
            Vector<float> m = (Vector.LoadUnsafe(ref ms, (nuint)i) * beta1) + (g * (1 - beta1));
            Vector<float> v = (Vector.LoadUnsafe(ref vs, (nuint)i) * beta2) + (g * g * (1 - beta2));
            Vector<float> w = Vector.LoadUnsafe(ref ws, (nuint)i) - (m * stepSize / ((Vector.SquareRoot(v) * rootCorrection) + eps));
            m.StoreUnsafe(ref ms, (nuint)i);
            v.StoreUnsafe(ref vs, (nuint)i);
            w.StoreUnsafe(ref ws, (nuint)i);
            Vector<float>.Zero.StoreUnsafe(ref gs, (nuint)i);
        }

        for (; i < length; i++)
        {
            float g = gradient[i] * clip;
            first[i] = (first[i] * beta1) + (g * (1 - beta1));
            second[i] = (second[i] * beta2) + (g * g * (1 - beta2));
            weights[i] -= first[i] * stepSize / ((MathF.Sqrt(second[i]) * rootCorrection) + epsilon);
            gradient[i] = 0;
        }
    }

    private static float RegularizeBlock(Span<float> gradient, ReadOnlySpan<float> weights, float lambda)
    {
        int length = gradient.Length, i = 0;
        ref float gs = ref MemoryMarshal.GetReference(gradient), ws = ref MemoryMarshal.GetReference(weights);
        Vector<float> sums = Vector<float>.Zero;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> g = Vector.LoadUnsafe(ref gs, (nuint)i) + (Vector.LoadUnsafe(ref ws, (nuint)i) * lambda);
            g.StoreUnsafe(ref gs, (nuint)i);
            sums += g * g;
        }

        float sum = Vector.Sum(sums);
        for (; i < length; i++)
        {
            gradient[i] += weights[i] * lambda;
            sum += gradient[i] * gradient[i];
        }

        return sum;
    }
}
