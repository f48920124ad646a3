namespace RecServe.Compression.Experts;

/// <summary>How a layer's experts were used by samples.</summary>
/// <param name="Chosen">For each expert the samples that took it, by any router.</param>
/// <param name="Saliency">For each network Σ gate · ‖output‖₂ / N over the N samples, all routers together (REAP, arXiv 2510.13999, over all samples instead of the routed ones).</param>
/// <param name="Correlation">[networks, networks]: correlation of the logits of two networks over samples, mean of the routers.</param>
public sealed record LayerUse(long[] Chosen, double[] Saliency, double[] Correlation);
