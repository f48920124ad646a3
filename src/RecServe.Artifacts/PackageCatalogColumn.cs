namespace RecServe.Artifacts;

/// <summary>One field of a <see cref="PackageCatalog"/>: entity r owns entries [Offsets[r], Offsets[r+1]).</summary>
/// <param name="Field">Name of the field.</param>
/// <param name="Keys">Row keys of all entities.</param>
/// <param name="Weights">Weight of each key.</param>
/// <param name="Offsets">Count + 1 offsets into <paramref name="Keys"/>.</param>
public sealed record PackageCatalogColumn(string Field, ulong[] Keys, float[] Weights, int[] Offsets);
