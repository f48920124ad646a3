namespace RecServe.Artifacts;

internal static partial class PackageChecks
{
    /// <summary>At most one catalog of each entity.</summary>
    public static void Entities(IEnumerable<string> entities)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string entity in entities)
        {
            if (entity is not ("items" or "users"))
                throw new PackageException($"catalogs: entity '{entity}' is not known (items, users)");
            if (!seen.Add(entity))
                throw new PackageException($"catalogs: entity '{entity}' stands twice");
        }
    }

    /// <summary>Offsets fit, ids differ, columns name fields, weights are finite.</summary>
    public static void Catalog(string place, PackageCatalog catalog, IReadOnlyList<PackageField> fields)
    {
        Offsets(place, "ids", catalog.IdOffsets, catalog.IdBytes.Length);
        Ids(place, catalog);
        var names = new HashSet<string>(fields.Select(f => f.Name), StringComparer.Ordinal);
        foreach (PackageCatalogColumn column in catalog.Columns)
        {
            if (!names.Remove(column.Field))
                throw new PackageException($"{place}: column '{column.Field}' names no field, or stands twice");
            if (column.Offsets.Length != catalog.IdOffsets.Length)
                throw new PackageException($"{place}: column '{column.Field}' has {column.Offsets.Length} offsets, expected {catalog.IdOffsets.Length}");
            if (column.Weights.Length != column.Keys.Length)
                throw new PackageException($"{place}: column '{column.Field}' has {column.Weights.Length} weights for {column.Keys.Length} keys");
            Offsets(place, $"column '{column.Field}'", column.Offsets, column.Keys.Length);
            if (FirstNotFinite(column.Weights) is var at and >= 0)
                throw new PackageException($"{place}: column '{column.Field}': weight {at} is {column.Weights[at]}");
        }
    }

    private static void Offsets(string place, string what, int[] offsets, int end)
    {
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != end)
            throw new PackageException($"{place}: {what}: offsets must run from 0 to {end}");
        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
                throw new PackageException($"{place}: {what}: offset {i} is {offsets[i]} after {offsets[i - 1]}");
        }
    }

    private static void Ids(string place, PackageCatalog catalog)
    {
        var seen = new HashSet<int>(new IdComparer(catalog));
        for (int row = 0; row < catalog.IdOffsets.Length - 1; row++)
        {
            if (!seen.Add(row))
                throw new PackageException($"{place}: id '{System.Text.Encoding.UTF8.GetString(IdOf(catalog, row))}' stands twice");
        }
    }

    private static ReadOnlySpan<byte> IdOf(PackageCatalog catalog, int row) =>
        catalog.IdBytes.AsSpan(catalog.IdOffsets[row], catalog.IdOffsets[row + 1] - catalog.IdOffsets[row]);

    /// <summary>Compares rows by the bytes of their ids, so that no string is made of each.</summary>
    private sealed class IdComparer(PackageCatalog catalog) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => IdOf(catalog, x).SequenceEqual(IdOf(catalog, y));

        public int GetHashCode(int row)
        {
            var hash = new HashCode();
            hash.AddBytes(IdOf(catalog, row));
            return hash.ToHashCode();
        }
    }
}
