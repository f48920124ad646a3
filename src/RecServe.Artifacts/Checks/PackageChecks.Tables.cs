namespace RecServe.Artifacts;

internal static partial class PackageChecks
{
    /// <summary>One table fits its field, its keys ascend and its floats are finite.</summary>
    public static void Table(string place, PackageTable table, PackageField field)
    {
        if (table.Name != field.Name)
            throw new PackageException($"{place}: the table is named '{table.Name}', the field at its place '{field.Name}'");
        if (table.Width != field.Width)
            throw new PackageException($"{place}: rows of {table.Width} floats, field '{field.Name}' has {field.Width}");
        if (table.Rows.Length != (long)table.Keys.Length * table.Width)
            throw new PackageException($"{place}: {table.Rows.Length} floats in rows, {table.Keys.Length} keys of {table.Width} floats need {(long)table.Keys.Length * table.Width}");
        Ascending(place, table.Keys);
        if (FirstNotFinite(table.Rows) is var at and >= 0)
            throw new PackageException($"{place}: row {at / table.Width} (key {table.Keys[at / table.Width]}), float {at % table.Width} is {table.Rows[at]}");
        Quantized(place, table);
        Row(place, "mean", table.Mean, table.Width);
        Row(place, "default", table.Default, table.Width);
        if (table.Unknown is not null)
            Row(place, "unknown", table.Unknown, table.Width);
    }

    private static void Quantized(string place, PackageTable table)
    {
        int last = 0;
        foreach (PackageRowSet set in table.Quantized)
        {
            string name = set.Format.Name;
            int order = PackageRowFormat.All.ToList().IndexOf(set.Format), rowBytes = set.Format.RowBytes(table.Width);
            if (order <= last || set.Keys.Length == 0)
                throw new PackageException($"{place}: the set of {name} rows is empty, stands twice, or does not follow the order of the formats");
            last = order;
            if (set.Rows.Length != (long)set.Keys.Length * rowBytes)
                throw new PackageException($"{place}: {set.Rows.Length} bytes in {name} rows, {set.Keys.Length} keys of {rowBytes} bytes need {(long)set.Keys.Length * rowBytes}");
            Ascending($"{place}: {name}", set.Keys);
            if (set.Format.FirstNotFinite(set.Rows, table.Width) is var row and >= 0)
                throw new PackageException($"{place}: {name} row {row} (key {set.Keys[row]}) holds a number, scale or bias that is not finite");
        }

        if (table.Quantized.Count == 0)
            return;
        ulong[] keys = [.. table.Keys, .. table.Quantized.SelectMany(set => set.Keys)];
        Array.Sort(keys);
        for (int i = 1; i < keys.Length; i++)
        {
            if (keys[i] == keys[i - 1])
                throw new PackageException($"{place}: key {keys[i]} stands in two sets of rows");
        }
    }

    private static void Ascending(string place, ulong[] keys)
    {
        for (int i = 1; i < keys.Length; i++)
        {
            if (keys[i] <= keys[i - 1])
                throw new PackageException($"{place}: keys must ascend strictly, key {i} is {keys[i]} after {keys[i - 1]}");
        }
    }

    private static void Row(string place, string name, float[] row, int width)
    {
        if (row.Length != width)
            throw new PackageException($"{place}: '{name}' has {row.Length} floats, expected {width}");
        if (FirstNotFinite(row) is var at and >= 0)
            throw new PackageException($"{place}: '{name}' float {at} is {row[at]}");
    }
}
