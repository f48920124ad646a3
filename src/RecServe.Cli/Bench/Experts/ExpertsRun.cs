using RecServe.Artifacts;
using RecServe.Training;

namespace RecServe.Cli.Bench.Experts;

/// <summary>What one seed of <c>bench experts</c> gave.</summary>
/// <param name="Seed">The seed: split, weights, order.</param>
/// <param name="Dense">mmoe.</param>
/// <param name="Sparse">moe, or mmoe whose gates take a few experts.</param>
/// <param name="Loads">Rows that each sparse expert was asked for a candidate, layer by layer.</param>
internal sealed record ExpertsRun(ulong Seed, TrainedModel Dense, TrainedModel Sparse, double[] Loads)
{
    /// <summary>Rows that the dense experts compute for a candidate: all of them.</summary>
    public double DenseRows => Dense.Package.Architecture.Experts is { } experts ? experts.Layers * experts.PerLayer(Dense.Package.Architecture.Tasks.Count) : 0;

    /// <summary>Rows that the sparse networks compute for a candidate; experts without a product are left out.</summary>
    public double SparseRows => Loads.Where((_, i) => i % Chosen.Experts < Chosen.Networks).Sum();

    /// <summary>Names of the sparse experts with their loads, <c>0.network.3</c> for the fourth network of the first layer.</summary>
    public IEnumerable<(string Name, double Load)> NamedLoads => Loads.Select((load, i) => ($"{i / Chosen.Experts}.{Chosen.Names[i % Chosen.Experts]}", load));

    private ChosenExperts Chosen => Sparse.Package.Architecture.Chosen!;
}
