using RecServe.Artifacts;
using RecServe.Features;

namespace RecServe.Ranking;

/// <summary>The features side of a package: its schema, how its fields' values are encoded, and the entities it knows.</summary>
public static class PackageEncoders
{
    /// <summary>The schema a package was trained with.</summary>
    /// <exception cref="PackageException">The manifest holds no valid schema.</exception>
    public static DataSchema Schema(ModelPackage package)
    {
        try
        {
            return DataSchemaJson.Parse(package.Schema, "manifest.json: schema");
        }
        catch (SchemaException error)
        {
            throw new PackageException(error.Message, error);
        }
    }

    /// <summary>One encoder a field, in the order of the package's fields, with the training data's means and deviations.</summary>
    /// <exception cref="PackageException">The package's fields are not those of <paramref name="schema"/> in model order.</exception>
    public static IReadOnlyList<FieldEncoder> Encoders(ModelPackage package, DataSchema schema)
    {
        IReadOnlyList<FieldSchema> order = ModelOrder.Of(schema);
        if (!order.Select(field => field.Name).SequenceEqual(package.Fields.Select(field => field.Name)))
        {
            throw new PackageException($"manifest.json: fields are {string.Join(", ", package.Fields.Select(field => field.Name))}, "
                + $"expected those of the schema in model order: {string.Join(", ", order.Select(field => field.Name))}");
        }

        return [.. order.Zip(package.Fields, (field, stored) => new FieldEncoder(field, stored.Mean, stored.Deviation))];
    }

    /// <summary>A catalog of a package (<c>items</c> or <c>users</c>) for look-ups, or null where it has none.</summary>
    /// <exception cref="PackageException">A column names no field of the package, or an id stands twice.</exception>
    public static EntityCatalog? Catalog(ModelPackage package, string entity)
    {
        PackageCatalog? stored = package.Catalogs.FirstOrDefault(catalog => catalog.Entity == entity);
        if (stored is null)
            return null;
        var columns = new List<EntityColumn>(stored.Columns.Count);
        foreach (PackageCatalogColumn column in stored.Columns)
        {
            int field = package.Fields.Select(known => known.Name).ToList().IndexOf(column.Field);
            if (field < 0)
                throw new PackageException($"catalogs/{entity}.safetensors: column '{column.Field}' is no field of the package");
            columns.Add(new EntityColumn(field, column.Keys, column.Weights, column.Offsets));
        }

        try
        {
            return new EntityCatalog(stored.IdBytes, stored.IdOffsets, columns);
        }
        catch (ArgumentException error)
        {
            throw new PackageException($"catalogs/{entity}.safetensors: {error.Message}", error);
        }
    }

    /// <summary>A catalog in the form a package stores it.</summary>
    /// <param name="entity"><c>items</c> or <c>users</c>.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="encoders">The fields that the catalog's columns refer to, in model order.</param>
    public static PackageCatalog ToPackage(string entity, EntityCatalog catalog, IReadOnlyList<FieldEncoder> encoders)
    {
        var offsets = new int[catalog.Count + 1];
        for (int row = 0; row < catalog.Count; row++)
            offsets[row + 1] = offsets[row] + catalog.IdOf(row).Length;
        var ids = new byte[offsets[^1]];
        for (int row = 0; row < catalog.Count; row++)
            catalog.IdOf(row).CopyTo(ids.AsSpan(offsets[row]));
        return new PackageCatalog
        {
            Entity = entity,
            IdBytes = ids,
            IdOffsets = offsets,
            Columns = [.. catalog.Columns.Select(column =>
                new PackageCatalogColumn(encoders[column.Field].Field.Name, column.Keys, column.Weights, column.Offsets))],
        };
    }
}
