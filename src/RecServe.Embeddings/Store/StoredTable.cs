using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>What the store knows of a table.</summary>
/// <param name="Id">Identity of its content.</param>
/// <param name="Name">For people: the field's name.</param>
/// <param name="Width">Floats of a row.</param>
/// <param name="Precision">How rows that come as floats are encoded if they are new.</param>
/// <param name="Rows">Rows held.</param>
/// <param name="Tombstones">Keys whose deletion is remembered.</param>
/// <param name="LiveBytes">Bytes of the log that these rows and tombstones take.</param>
/// <param name="LoadedRows">Rows of the package that were imported, in its order.</param>
/// <param name="IsLoaded">Whether all were.</param>
public readonly record struct StoredTable(
    TableId Id, string Name, int Width, RowPrecision Precision, long Rows, long Tombstones, long LiveBytes, long LoadedRows, bool IsLoaded);
