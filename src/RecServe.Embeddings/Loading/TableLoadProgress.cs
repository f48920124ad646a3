namespace RecServe.Embeddings;

/// <summary>How far the tables of a package are loaded.</summary>
/// <param name="Done">Tables that are ready.</param>
/// <param name="Tables">Tables of the package.</param>
/// <param name="Name">The last one.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="IsShared">Whether another version already had it in memory.</param>
public readonly record struct TableLoadProgress(int Done, int Tables, string Name, long Rows, bool IsShared);
