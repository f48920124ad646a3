using RecServe.Embeddings;

namespace RecServe.Stream;

/// <summary>A fixed set of tables by lineage and name.</summary>
public sealed class TableDirectory : ITableDirectory
{
    private readonly Dictionary<string, Dictionary<string, EmbeddingTable[]>> _tables = new(StringComparer.Ordinal);

    /// <summary>Makes a directory.</summary>
    /// <param name="tables">Tables with the lineage of their package; one that versions share may come more than once.</param>
    public TableDirectory(IEnumerable<(string Lineage, EmbeddingTable Table)> tables)
    {
        foreach (var lineage in tables.GroupBy(entry => entry.Lineage, entry => entry.Table))
            _tables[lineage.Key] = lineage.Distinct().GroupBy(table => table.Name).ToDictionary(named => named.Key, named => named.ToArray(), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public RefusalReason Find(string lineage, string table, out IReadOnlyList<EmbeddingTable> tables)
    {
        tables = [];
        if (!_tables.TryGetValue(lineage, out Dictionary<string, EmbeddingTable[]>? named))
            return RefusalReason.UnknownLineage;
        if (!named.TryGetValue(table, out EmbeddingTable[]? found))
            return RefusalReason.UnknownTable;
        tables = found;
        return RefusalReason.None;
    }
}
