using System.Runtime.InteropServices;
using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>Rows between a package, the node's store and process memory.</summary>
public static class StoreImport
{
    private const int Chunk = 4096;

    /// <summary>Imports what the store does not have yet of a package's table; whether anything was to be done.</summary>
    internal static bool Run(RowLoad load, PackageTable table)
    {
        if (load.IsComplete)
            return false;
        long skip = load.Rows;
        Add(load, table.Keys, RowPrecision.Fp32, first => MemoryMarshal.AsBytes(table.Rows.AsSpan(first * table.Width)), 4 * table.Width, ref skip);
        foreach (PackageRowSet set in table.Quantized)
        {
            int rowBytes = set.Format.RowBytes(table.Width);
            Add(load, set.Keys, RowPrecisionNames.Parse(set.Format.Name), first => set.Rows.AsSpan(first * rowBytes), rowBytes, ref skip);
        }

        load.Complete();
        return true;
    }

    /// <summary>Brings process memory that holds the package's rows up to what the store knows: rows that were updated before the process started.</summary>
    /// <param name="hot">Every row of the package; no request is answered from it yet.</param>
    /// <param name="store">The node's store.</param>
    /// <param name="id">The table.</param>
    public static void Update(IHotRows hot, IRowStore store, TableId id)
    {
        hot.BeginLoad();
        var deltas = new List<RowDelta>(Chunk);
        store.Scan(id, (key, version, precision, row, isDeleted, _) =>
        {
            if (version > 0)
                deltas.Add(isDeleted ? RowDelta.Deletion(key, version) : RowDelta.OfEncoded(key, version, precision, row.ToArray()));
            if (deltas.Count == Chunk)
                Flush();
            return true;
        });
        Flush();
        hot.EndLoad();

        void Flush()
        {
            hot.Apply(CollectionsMarshal.AsSpan(deltas));
            deltas.Clear();
        }
    }

    /// <summary>
    /// Fills an empty cache with the first rows of a table until it is full: the most precise ones, which compression gives to the rows that are asked for most. They
    /// come from the store, whose rows may be newer than the package's.
    /// </summary>
    internal static void Fill(IHotRows cache, IRowStore store, TableId id, PackageTable table)
    {
        var batch = new TierBatch();
        foreach (ulong[] chunk in table.Quantized.Select(set => set.Keys).Prepend(table.Keys).SelectMany(keys => keys.Chunk(Chunk)))
        {
            batch.Clear();
            foreach (ulong key in chunk)
                batch.Add(id, key, cache.Stamp(key));
            store.Find(batch);
            int taken = 0;
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Tier(i) != RowTier.None && cache.Promote(batch.Key(i), batch.Version(i), batch.Precision(i), batch.Row(i), batch.Stamp(i)))
                    taken++;
            }

            if (taken < chunk.Length / 2)
                return;
        }
    }

    private delegate ReadOnlySpan<byte> RowsFrom(int first);

    private static void Add(RowLoad load, ulong[] keys, RowPrecision precision, RowsFrom rows, int rowBytes, ref long skip)
    {
        int first = (int)Math.Min(skip, keys.Length);
        skip -= first;
        for (; first < keys.Length; first += Chunk)
        {
            int count = Math.Min(Chunk, keys.Length - first);
            load.Add(keys.AsSpan(first, count), precision, rows(first)[..(count * rowBytes)]);
        }
    }
}
