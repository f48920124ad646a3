using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>
/// Second-order term of a factorization machine (Rendle 2010): Σ_{f&lt;g} ⟨e_f, e_g⟩ = ½ (|Σ e|² − Σ |e|²), all fields of one dim.
/// </summary>
internal static class PairInteraction
{
    /// <summary>Value for one sample.</summary>
    /// <param name="embeddings">The fields' embeddings one after another.</param>
    /// <param name="sum">Scratch as long as one embedding; becomes Σ e.</param>
    public static float Forward(ReadOnlySpan<float> embeddings, Span<float> sum)
    {
        Sum(embeddings, sum);
        return 0.5f * (Gemm.Dot(sum, sum) - Gemm.Dot(embeddings, embeddings));
    }

    /// <summary>Adds gradient · (Σ e − e_f) to each field's embedding gradient.</summary>
    public static void Backward(ReadOnlySpan<float> embeddings, float gradient, Span<float> sum, Span<float> target)
    {
        Sum(embeddings, sum);
        for (int f = 0; f < embeddings.Length; f += sum.Length)
            RowMath.AddScaled(sum, gradient, target.Slice(f, sum.Length));
        RowMath.AddScaled(embeddings, -gradient, target);
    }

    private static void Sum(ReadOnlySpan<float> embeddings, Span<float> sum)
    {
        sum.Clear();
        for (int f = 0; f < embeddings.Length; f += sum.Length)
            RowMath.Add(embeddings.Slice(f, sum.Length), sum);
    }
}
