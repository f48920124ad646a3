using RecServe.Artifacts;

namespace RecServe.Compression.Gates;

/// <summary>What training gates gave.</summary>
/// <param name="Gates">Gate of each field, in model order.</param>
/// <param name="Scalars">Their scalars x.</param>
/// <param name="Gated">The package with every row multiplied by its field's gate and no field removed.</param>
/// <param name="Package">The package without the fields whose gate is exactly 0: it scores as <paramref name="Gated"/> does.</param>
public sealed record GateResult(IReadOnlyList<double> Gates, IReadOnlyList<double> Scalars, ModelPackage Gated, ModelPackage Package);
