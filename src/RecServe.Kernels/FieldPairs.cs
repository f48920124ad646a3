using System.Numerics;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>Second-order interaction of a factorization machine: Σ_{f&lt;g} ⟨e_f, e_g⟩ over embeddings of one dimension.</summary>
public static class FieldPairs
{
    /// <summary>
    /// Adds fields to a set: returns the interaction of each new field with all that came before it, and adds the new fields to
    /// <paramref name="sum"/>. Starting from a zero sum it is the whole interaction; starting from another set's sum, what the new
    /// fields add to that set's. Each field is multiplied by the sum of those before it, so nothing cancels, unlike ½(‖Σe‖² − Σ‖e‖²).
    /// </summary>
    /// <param name="embeddings">Fields × dim floats, one field after another; dim is the length of <paramref name="sum"/>.</param>
    /// <param name="sum">Sum of the embeddings so far.</param>
    /// <exception cref="ArgumentException">The embeddings are no whole number of fields.</exception>
    public static float Add(ReadOnlySpan<float> embeddings, Span<float> sum)
    {
        int dim = sum.Length;
        if (embeddings.IsEmpty)
            return 0;
        if (dim == 0 || embeddings.Length % dim != 0)
            throw new ArgumentException($"{embeddings.Length} floats are no whole number of fields of {dim}", nameof(embeddings));

        ref float es = ref MemoryMarshal.GetReference(embeddings), sums = ref MemoryMarshal.GetReference(sum);
        Vector<float> total = Vector<float>.Zero;
        int d = 0;
        for (; d <= dim - Vector<float>.Count; d += Vector<float>.Count)
        {
            Vector<float> before = Vector.LoadUnsafe(ref sums, (nuint)d);
            for (int at = d; at < embeddings.Length; at += dim)
            {
                Vector<float> e = Vector.LoadUnsafe(ref es, (nuint)at);
                total += before * e;
                before += e;
            }

            before.StoreUnsafe(ref sums, (nuint)d);
        }

        float rest = 0;
        for (; d < dim; d++)
        {
            for (int at = d; at < embeddings.Length; at += dim)
            {
                rest += sum[d] * embeddings[at];
                sum[d] += embeddings[at];
            }
        }

        return Vector.Sum(total) + rest;
    }
}
