namespace RecServe.Artifacts;

/// <summary>
/// Cross layers of <c>dcnv2</c> as a mixture of K low-rank experts instead of one full matrix (DCN-Mix; Wang et al. 2021, arXiv:2008.13535, section 3.2, with the gates of
/// FuxiCTR's CrossNetMix, which all layers share):
/// <code>x_{l+1} = x_0 ⊙ (Σ_k p_k · U_k · tanh(C_k · tanh(V_k · x_l)) + b_l) + x_l,  p = softmax(G · x_l)</code>
/// with V_k as [r, d], C_k as [r, r] and U_k as [d, r] of each layer, d floats of all embeddings. The p sum to 1, so that b_l needs no gate.
/// </summary>
public sealed record CrossMixture
{
    /// <summary>K: experts of a layer, 1 to <see cref="PackageLimits.CrossExperts"/>.</summary>
    public required int Experts { get; init; }

    /// <summary>r: units of an expert, 1 to the floats of all embeddings.</summary>
    public required int Rank { get; init; }

    /// <summary>K · r: units of a layer; those of expert k stand at k · r.</summary>
    public int Units => Experts * Rank;

    /// <summary>Every tensor: the V of a layer one below another, so its C, the U side by side; and the gates.</summary>
    /// <param name="inputs">Floats of all embeddings.</param>
    /// <param name="layers">Cross layers.</param>
    public IEnumerable<TensorShape> Tensors(int inputs, int layers)
    {
        for (int l = 0; l < layers; l++)
        {
            yield return new TensorShape($"cross.{l}.in.weight", Units, inputs);
            yield return new TensorShape($"cross.{l}.core.weight", Units, Rank);
            yield return new TensorShape($"cross.{l}.out.weight", inputs, Units);
            yield return new TensorShape($"cross.{l}.bias", inputs);
        }

        yield return new TensorShape("cross.gate.weight", Experts, inputs);
    }

    /// <summary>Checks the sizes.</summary>
    /// <param name="inputs">Floats of all embeddings.</param>
    /// <exception cref="PackageException">Names the member, what it is and its limit.</exception>
    public void Check(int inputs)
    {
        if (Experts is < 1 or > PackageLimits.CrossExperts)
            throw new PackageException($"architecture: cross_mixture.experts is {Experts}, expected 1 to {PackageLimits.CrossExperts}");
        if (Rank < 1 || Rank > inputs)
            throw new PackageException($"architecture: cross_mixture.rank is {Rank}, expected 1 to {inputs}, the floats of all embeddings");
    }
}
