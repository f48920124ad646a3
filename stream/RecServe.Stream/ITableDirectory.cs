using RecServe.Embeddings;

namespace RecServe.Stream;

/// <summary>The tables that updates can go to: those of every served version of every model.</summary>
public interface ITableDirectory
{
    /// <summary>Finds the tables of a lineage and a name; several where versions of one lineage have tables that differ.</summary>
    /// <returns>The tables, or why there are none.</returns>
    RefusalReason Find(string lineage, string table, out IReadOnlyList<EmbeddingTable> tables);
}
