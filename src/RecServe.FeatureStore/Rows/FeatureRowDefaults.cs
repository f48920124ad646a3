using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>What a row in JSON may leave out because it is known.</summary>
/// <param name="Version">Version of a row that names none; 0: it must name one.</param>
/// <param name="Producer">Producer of a row that names none; null: it must name one.</param>
/// <param name="Entity">Entity of a row that names none; null: it must name one.</param>
/// <param name="Id">Id of a row that names none; null: it must name one.</param>
public sealed record FeatureRowDefaults(ulong Version = 0, string? Producer = null, FieldSide? Entity = null, string? Id = null);
