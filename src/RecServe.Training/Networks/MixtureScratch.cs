using RecServe.Artifacts;

namespace RecServe.Training.Networks;

/// <summary>Gradients that one layer of low-rank experts after another works in; rows of a block are its own.</summary>
/// <param name="batchSize">Most rows.</param>
/// <param name="mixture">Sizes.</param>
internal sealed class MixtureScratch(int batchSize, CrossMixture mixture)
{
    /// <summary>Gradient of what the second tanh gives, [batch, K·r].</summary>
    public float[] Outer { get; } = new float[batchSize * mixture.Units];

    /// <summary>Gradient of what the first tanh gives, [batch, K·r].</summary>
    public float[] Inner { get; } = new float[batchSize * mixture.Units];

    /// <summary>Gradient of the gates' logits, [batch, K].</summary>
    public float[] Gates { get; } = new float[batchSize * mixture.Experts];
}
