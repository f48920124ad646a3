using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// A linear head w over the last cross layer, folded over one user. Of the layer's user block the head asks only a sum, so that block is never
/// formed: with t = u ⊙ w_U and v = W_{U,·}ᵀ·t (L the number of layers, x the last layer's input)
/// <code>w·x_L = (w_U + v_U)·x_U + v_I·x_I + w_I·x_{L,I} + t·b_U</code>
/// </summary>
internal static class HeadFold<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    /// <summary>Makes [w_U + v_U ; v_I] and t·b_U.</summary>
    /// <param name="weights">The network; it has a head.</param>
    /// <param name="user">u.</param>
    /// <param name="coefficients">Takes U + I numbers.</param>
    /// <param name="constant">Takes one.</param>
    /// <param name="work">At least U numbers.</param>
    public static void Share(CrossWeights<T, TWeights> weights, ReadOnlySpan<T> user, Span<T> coefficients, Span<T> constant, Span<T> work)
    {
        int users = weights.Users;
        CrossLayerWeights<T, TWeights> last = weights.Layers[^1];
        ReadOnlySpan<T> head = weights.Head;
        Span<T> t = work[..users];
        t.Clear();
        CrossLayer.Combine(user[..users], head[..users], t);
        last.UserRows.Apply(t, users, 1, [], Activation.None, coefficients, weights.Width);
        for (int i = 0; i < users; i++)
            coefficients[i] += head[i];
        TWeights.Apply(t, 1, users, last.Bias, users, 1, [], Activation.None, constant, 1);
    }

    /// <summary>What <see cref="Share"/> costs.</summary>
    public static PlanWork ShareWork(CrossWeights<T, TWeights> weights) =>
        PlanWork.Product(1, weights.Width, weights.Users) + PlanWork.Moved(3L * weights.Users);
}
