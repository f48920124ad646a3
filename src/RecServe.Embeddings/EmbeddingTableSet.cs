using RecServe.Artifacts;

namespace RecServe.Embeddings;

/// <summary>The tables of one model, in the order of its package's fields. Immutable and thread-safe.</summary>
public sealed class EmbeddingTableSet
{
    private readonly EmbeddingTable[] _tables;

    /// <summary>Copies a package's tables.</summary>
    public EmbeddingTableSet(IReadOnlyList<PackageTable> tables) => _tables = [.. tables.Select(t => new EmbeddingTable(t))];

    /// <summary>Number of tables: one a field.</summary>
    public int Count => _tables.Length;

    /// <summary>The table of a field, by its index in the package's field list.</summary>
    public EmbeddingTable this[int field] => _tables[field];

    /// <summary>Rows of all tables.</summary>
    public long Rows => _tables.Sum(t => (long)t.Rows);

    /// <summary>Bytes of memory of all tables.</summary>
    public long Bytes => _tables.Sum(t => t.Bytes);
}
