using RecServe.Artifacts;

namespace RecServe.Embeddings;

/// <summary>The tables of one model, in the order of its package's fields, and the tiers below them. Immutable and thread-safe.</summary>
public sealed class EmbeddingTableSet : IDisposable
{
    private readonly EmbeddingTable[] _tables;

    /// <summary>Puts a set together.</summary>
    /// <param name="tables">One a field.</param>
    /// <param name="tiers">The tiers below all of them.</param>
    public EmbeddingTableSet(IReadOnlyList<EmbeddingTable> tables, RowTiers tiers) => (_tables, Tiers) = ([.. tables], tiers);

    /// <summary>A package's tables, every row in process memory and no tier below.</summary>
    public EmbeddingTableSet(IReadOnlyList<PackageTable> tables)
        : this([.. tables.Select(table => new EmbeddingTable(table))], RowTiers.None)
    {
    }

    /// <summary>Number of tables: one a field.</summary>
    public int Count => _tables.Length;

    /// <summary>The tiers below all tables.</summary>
    public RowTiers Tiers { get; }

    /// <summary>The table of a field, by its index in the package's field list.</summary>
    public EmbeddingTable this[int field] => _tables[field];

    /// <summary>Rows in process memory, of all tables.</summary>
    public long HotRows => _tables.Sum(table => table.Measure().Rows);

    /// <summary>Bytes of process memory of all tables.</summary>
    public long HotBytes => _tables.Sum(table => table.Measure().Total);

    /// <summary>Gives the memory of the hot rows back. A set whose tables other models share is left to the garbage collector instead.</summary>
    public void Dispose()
    {
        foreach (EmbeddingTable table in _tables)
            table.Dispose();
    }
}
