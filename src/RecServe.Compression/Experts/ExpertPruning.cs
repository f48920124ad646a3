using RecServe.Artifacts;

namespace RecServe.Compression.Experts;

/// <summary>
/// Takes networks out of a model with sparse experts, in every layer as many. Routers keep the rows of the networks that stay (a group's is the mean of its members',
/// weighed by use), so that samples go to what is left; nothing is trained. Experts that cost nothing stay.
/// </summary>
public static class ExpertPruning
{
    /// <summary>The package with <paramref name="networks"/> networks a layer; <c>top_k</c> becomes no more than there are experts.</summary>
    /// <param name="package">A package of kind moe; it is not changed.</param>
    /// <param name="use">Use of its layers (<see cref="ExpertUse.Measure"/>).</param>
    /// <param name="networks">Networks a layer, 1 to as many as there are.</param>
    /// <param name="method">How.</param>
    /// <exception cref="CompressionException">It has no sparse experts, or not so many networks.</exception>
    public static ModelPackage Prune(ModelPackage package, IReadOnlyList<LayerUse> use, int networks, ExpertMethod method)
    {
        if (package.Architecture.Sparse is not { } shape)
            throw new CompressionException($"a model of kind {package.Architecture.Kind} has no sparse experts to take out; moe has");
        if (networks < 1 || networks > shape.Networks)
            throw new CompressionException($"{networks} networks a layer: the model has {shape.Networks}, so 1 to {shape.Networks} can be left");
        int[][][] groups = [.. use.Select(layer => method == ExpertMethod.Keep ? ExpertGroups.Kept(layer, networks) : ExpertGroups.Similar(layer, networks))];
        SparseArchitecture fewer = shape with { Networks = networks };
        fewer = fewer with { TopK = Math.Min(fewer.TopK, fewer.Experts) };
        var architecture = package.Architecture with { Sparse = fewer };
        var weights = new PrunedWeights(package, shape, use, groups);
        return package with
        {
            Architecture = architecture,
            Dense = [.. architecture.TaskTensors(package.Fields.Sum(field => field.Dim)).Select(tensor => new DenseTensor(tensor.Name, tensor.Sizes, weights.Of(tensor.Name)))],
        };
    }
}
