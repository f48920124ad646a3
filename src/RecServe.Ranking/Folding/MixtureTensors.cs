namespace RecServe.Ranking;

/// <summary>Tensors of one low-rank cross layer, as <see cref="Artifacts.CrossMixture"/> names them.</summary>
/// <typeparam name="T">A number.</typeparam>
/// <param name="In">V, [K·r, d].</param>
/// <param name="Core">C, [K·r, r].</param>
/// <param name="Out">U, [d, K·r].</param>
/// <param name="Bias">b, [d].</param>
/// <param name="Gate">G, [K, d]: that of all layers.</param>
internal sealed record MixtureTensors<T>(T[] In, T[] Core, T[] Out, T[] Bias, T[] Gate)
    where T : unmanaged;
