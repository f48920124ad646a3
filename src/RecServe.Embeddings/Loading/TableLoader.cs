using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Makes the tables of packages ready to serve, beside those that are served: rows go to the node's store, where there is one, and to process memory. Tables of equal
/// content and lineage are made once and shared between versions. Thread-safe; loads take turns.
/// </summary>
public sealed class TableLoader
{
    private readonly RowTiers _tiers;
    private readonly TableLoaderOptions _options;
    private readonly Dictionary<TableId, WeakReference<EmbeddingTable>> _tables = [];
    private readonly Lock _turn = new();
    private ulong _unnamed;

    /// <summary>Makes a loader.</summary>
    /// <param name="tiers">The tiers below, shared by all tables.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="ArgumentException">A budget of process memory without a store that has the other rows.</exception>
    public TableLoader(RowTiers tiers, TableLoaderOptions options)
    {
        if (options.HotBytes > 0 && tiers.Store is null)
            throw new ArgumentException("a budget of process memory needs a store that has the rows beyond it", nameof(options));
        (_tiers, _options) = (tiers, options);
    }

    /// <summary>Loads the tables of one package; where a version of the same lineage has an equal table, that one serves both.</summary>
    /// <param name="lineage">Lineage of the package.</param>
    /// <param name="tables">Its tables, checked by PackageReader.</param>
    /// <param name="progress">Told after each table; may be null.</param>
    /// <exception cref="RowStoreException">The store does not take the rows.</exception>
    public EmbeddingTableSet Load(string lineage, IReadOnlyList<PackageTable> tables, IProgress<TableLoadProgress>? progress = null)
    {
        lock (_turn)
        {
            long[] needs = [.. tables.Select(TableMemory.Resident)];
            long[] shares = _options.HotBytes == 0 ? needs : HotBudget.Share(needs, _options.HotBytes);
            var loaded = new EmbeddingTable[tables.Count];
            bool stored = false;
            for (int i = 0; i < loaded.Length; i++)
            {
                // A table from memory has no checksum: it is nobody else's.
                TableId id = tables[i].Sha256 is { } sha256 ? TableId.Of(lineage, sha256) : new TableId(++_unnamed);
                EmbeddingTable? shared = Find(id);
                loaded[i] = shared ?? Make(id, tables[i], shares[i] < needs[i] ? shares[i] : 0, ref stored);
                _tables[id] = new WeakReference<EmbeddingTable>(loaded[i]);
                progress?.Report(new TableLoadProgress(i + 1, loaded.Length, tables[i].Name, tables[i].RowCount, shared is not null));
            }

            // The import lasts from here on; it need not be done again after a restart.
            if (stored)
                _tiers.Store!.Checkpoint(_tiers.Store.Offsets);
            return new EmbeddingTableSet(loaded, _tiers);
        }
    }

    private EmbeddingTable? Find(TableId id) =>
        _tables.TryGetValue(id, out WeakReference<EmbeddingTable>? held) && held.TryGetTarget(out EmbeddingTable? table) ? table : null;

    private EmbeddingTable Make(TableId id, PackageTable table, long budget, ref bool stored)
    {
        RowPrecision precision = PackageHotRows.MostlyIn(table);
        _tiers.Shared?.Serve(id, precision, table.Width);
        if (_tiers.Store is { } store)
        {
            store.Register(id, table.Name, table.Width, precision);
            stored |= StoreImport.Run(store.Load(id), table);
        }

        IHotRows hot;
        if (budget == 0)
        {
            hot = PackageHotRows.Complete(table);
            if (_tiers.Store is not null)
                StoreImport.Update(hot, _tiers.Store, id);
        }
        else
        {
            hot = PackageHotRows.Cache(table, precision, budget, _options.Seed);
            StoreImport.Fill(hot, _tiers.Store!, id, table);
        }

        return new EmbeddingTable(id, table.Name, hot, _tiers);
    }
}
