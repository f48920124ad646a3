namespace RecServe.Embeddings.Tests.Store;

/// <summary>Compares every row and tombstone of a table in two stores, by scan and by look-up.</summary>
internal static class StoreEquality
{
    public static void Same(IRowStore expected, IRowStore actual, TableId table)
    {
        Dictionary<ulong, string> left = Rows(expected, table), right = Rows(actual, table);
        Assert.Equal(left.Count, right.Count);
        Assert.All(left, pair => Assert.Equal(pair.Value, right[pair.Key]));
        var batch = new TierBatch();
        foreach (ulong key in left.Keys)
            batch.Add(table, key, 0);
        actual.Find(batch);
        for (int i = 0; i < batch.Count; i++)
            Assert.Equal(left[batch.Key(i)], Text(batch.Version(i), batch.IsDeleted(i), batch.IsDeleted(i) ? default : batch.Precision(i), batch.Row(i)));
    }

    private static Dictionary<ulong, string> Rows(IRowStore store, TableId table)
    {
        Dictionary<ulong, (ulong Version, string Text)> rows = [];
        store.Scan(table, (key, version, precision, row, isDeleted, _) =>
        {
            if (!rows.TryGetValue(key, out var had) || had.Version < version)
                rows[key] = (version, Text(version, isDeleted, isDeleted ? default : precision, row));
            return true;
        });
        return rows.ToDictionary(pair => pair.Key, pair => pair.Value.Text);
    }

    private static string Text(ulong version, bool isDeleted, RecServe.Kernels.RowPrecision precision, ReadOnlySpan<byte> row) =>
        $"{version} {(isDeleted ? "deleted" : precision)} {Convert.ToHexString(row)}";
}
