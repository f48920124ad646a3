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
        for (int i = 1; i < table.Keys.Length; i++)
        {
            if (table.Keys[i] <= table.Keys[i - 1])
                throw new PackageException($"{place}: keys must ascend strictly, key {i} is {table.Keys[i]} after {table.Keys[i - 1]}");
        }

        if (FirstNotFinite(table.Rows) is var at and >= 0)
            throw new PackageException($"{place}: row {at / table.Width} (key {table.Keys[at / table.Width]}), float {at % table.Width} is {table.Rows[at]}");
        Row(place, "mean", table.Mean, table.Width);
        Row(place, "default", table.Default, table.Width);
        if (table.Unknown is not null)
            Row(place, "unknown", table.Unknown, table.Width);
    }

    private static void Row(string place, string name, float[] row, int width)
    {
        if (row.Length != width)
            throw new PackageException($"{place}: '{name}' has {row.Length} floats, expected {width}");
        if (FirstNotFinite(row) is var at and >= 0)
            throw new PackageException($"{place}: '{name}' float {at} is {row[at]}");
    }
}
