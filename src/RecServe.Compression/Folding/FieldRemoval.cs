using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;
using RecServe.Training.Data;

namespace RecServe.Compression.Folding;

/// <summary>
/// Takes a field out of a package and puts a constant vector in its place, usually the field's mean: every score is then exactly what it would
/// be with that vector gathered for every sample. The constant goes into the bias of the first layer, into the first-order weights of the other
/// fields (its inner product with each of their rows) and into the head's bias.
/// </summary>
public static partial class FieldRemoval
{
    /// <summary>Why a field cannot be removed, or null: a model keeps at least one field a side that has any.</summary>
    public static string? Obstacle(ModelPackage package, int field)
    {
        IReadOnlyList<FieldSchema> order = ModelOrder.Of(PackageEncoders.Schema(package));
        bool item = order[field].Side == FieldSide.Item;
        return order.Count(other => (other.Side == FieldSide.Item) == item) > 1
            ? null
            : $"field '{order[field].Name}' is the last one of the {(item ? "item" : "user and context")} side";
    }

    /// <summary>Removes a field.</summary>
    /// <param name="package">The package; it is not changed.</param>
    /// <param name="field">Index in model order.</param>
    /// <param name="constant">What stands for the field, as many floats as a row of its table; null for the table's mean.</param>
    /// <returns>
    /// The package without the field: neither looked up nor sent. A cross network multiplies its whole input with every layer's output, so its input
    /// cannot lose a block that is not 0: there the field stays as a table without rows, whose default row is the constant.
    /// </returns>
    /// <exception cref="ArgumentException">The field is the last of its side, or the constant has another length.</exception>
    public static ModelPackage Remove(ModelPackage package, int field, ReadOnlySpan<float> constant)
    {
        if (Obstacle(package, field) is { } obstacle)
            throw new ArgumentException(obstacle, nameof(field));
        PackageField removed = package.Fields[field];
        CheckWidth(removed, constant);
        if (package.Architecture.CrossLayers > 0 && constant.ContainsAnyExcept(0f))
            return Emptied(package, field, constant.ToArray());

        package = package with { Tables = [.. package.Tables.Select(Training.Data.DecodedTable.Of)] };
        float[] vector = constant[..removed.Dim].ToArray();
        double bias = removed.Linear ? constant[removed.Dim] : 0;
        bool pairs = package.Architecture.Kind is "fm" or "deepfm";
        return package with
        {
            Schema = SchemaWithout(package, removed.Name),
            Fields = Without(package.Fields, field),
            Dense = Fold(package, field, vector, bias),
            Tables = [.. Without(package.Tables, field).Select(table => pairs ? WithPair(table, vector) : table)],
            Catalogs = [.. package.Catalogs.Select(catalog => catalog with { Columns = [.. catalog.Columns.Where(column => column.Field != removed.Name)] })],
        };
    }

    /// <summary>
    /// Puts a constant in a field's place and keeps the field, as a table without rows whose default row is the constant: possible for every field of
    /// every kind, and what a server does when a field is turned off.
    /// </summary>
    /// <param name="package">The package; it is not changed.</param>
    /// <param name="field">Index in model order.</param>
    /// <param name="constant">What stands for the field, as many floats as a row of its table.</param>
    public static ModelPackage Hold(ModelPackage package, int field, ReadOnlySpan<float> constant)
    {
        CheckWidth(package.Fields[field], constant);
        return Emptied(package, field, constant.ToArray());
    }

    /// <summary>Unbound samples of a package as samples of the package that removals made of it.</summary>
    public static Dataset Project(Dataset data, ModelPackage before, ModelPackage after)
    {
        var columns = new List<DatasetColumn>();
        for (int f = 0; f < before.Fields.Count; f++)
        {
            int at = after.Fields.ToList().FindIndex(field => field.Name == before.Fields[f].Name);
            if (at < 0)
                continue;
            bool emptied = after.Tables[at].Keys.Length == 0 && before.Tables[f].Keys.Length > 0;
            columns.Add(emptied ? new DatasetColumn([.. Enumerable.Repeat(-1, data.Samples)], null, null) : data.Columns[f]);
        }

        return data with { Columns = columns };
    }

    private static void CheckWidth(PackageField field, ReadOnlySpan<float> constant)
    {
        if (constant.Length != field.Width)
            throw new ArgumentException($"field '{field.Name}' has rows of {field.Width} floats, the constant {constant.Length}", nameof(constant));
    }

    private static System.Text.Json.JsonElement SchemaWithout(ModelPackage package, string name)
    {
        DataSchema schema = PackageEncoders.Schema(package);
        return DataSchemaJson.ToElement(schema with { Fields = [.. schema.Fields.Where(field => field.Name != name)] });
    }

    /// <summary>⟨m, e_g⟩ becomes part of the first-order weight of every row of the other field g.</summary>
    private static PackageTable WithPair(PackageTable table, float[] vector)
    {
        float[] Folded(float[] rows)
        {
            float[] result = [.. rows];
            for (int start = 0; start < result.Length; start += table.Width)
            {
                double product = result[start + table.Width - 1];
                for (int i = 0; i < vector.Length; i++)
                    product += (double)vector[i] * result[start + i];
                result[start + table.Width - 1] = (float)product;
            }

            return result;
        }

        return table with
        {
            Rows = Folded(table.Rows),
            Mean = Folded(table.Mean),
            Default = Folded(table.Default),
            Unknown = table.Unknown is null ? null : Folded(table.Unknown),
            Sha256 = null,
        };
    }

    private static List<T> Without<T>(IReadOnlyList<T> list, int index) => [.. list.Where((_, i) => i != index)];
}
