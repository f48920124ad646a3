using System.Text;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Bench;

/// <summary>
/// A package of any size with random weights, whose catalogs know every item and user: requests need ids alone. Speed depends on shapes
/// and on which rows are asked for, not on what the weights are.
/// </summary>
internal static class SyntheticPackage
{
    /// <summary>Different values of the n-th field of a side that is not the id: 40 to 10,240.</summary>
    private static int Values(int field) => 40 << (2 * (field % 5));

    /// <summary>Makes a package.</summary>
    public static ModelPackage Create(SyntheticOptions options)
    {
        var random = new Random(options.Seed);
        string kind = options.Model.Split('-')[0];
        JsonElement schema = Schema(options);
        DataSchema parsed = DataSchemaJson.Parse(schema, "schema");
        PackageField[] fields = [.. ModelOrder.Of(parsed).Select(field => new PackageField
        {
            Name = field.Name,
            Dim = kind == "lr" ? 0 : options.Dim,
            Linear = kind is "lr" or "fm" or "deepfm",
        })];
        FieldEncoder[] encoders = [.. ModelOrder.Of(parsed).Select(field => new FieldEncoder(field))];
        ModelArchitecture shape = Shape(options.Model, kind);
        return new ModelPackage
        {
            Lineage = $"synthetic-{options.Seed}",
            Schema = schema,
            Fields = fields,
            Architecture = shape,
            Dense = Dense(shape, fields.Sum(field => field.Dim), random),
            Tables = [.. fields.Select((field, f) => Table(field, Keys(options, f), random))],
            Catalogs =
            [
                Catalog("items", "i", options.Items, encoders, options.UserFields, options.ItemFields, random),
                Catalog("users", "u", options.Users, encoders, 0, options.UserFields, random),
            ],
        };
    }

    private static JsonElement Schema(SyntheticOptions options) => JsonSerializer.SerializeToElement(new
    {
        name = "synthetic",
        label = new { column = "click" },
        user = "u",
        item = "i",
        fields = Enumerable.Range(0, options.UserFields).Select(f => Field("u", f, "user", options))
            .Concat(Enumerable.Range(0, options.ItemFields).Select(f => Field("i", f, "item", options))),
    });

    private static object Field(string prefix, int field, string side, SyntheticOptions options) =>
        new { name = field == 0 ? prefix : $"{prefix}_{field}", side, kind = "categorical", dim = options.Dim };

    private static ModelArchitecture Shape(string model, string kind) => new()
    {
        Kind = kind,
        Structure = kind == "dcnv2" ? (model.EndsWith("stacked", StringComparison.Ordinal) ? "stacked" : "parallel") : null,
        CrossLayers = kind == "dcnv2" ? 3 : 0,
        Hidden = kind is "lr" or "fm" ? [] : [512, 256],
    };

    private static IEnumerable<ulong> Keys(SyntheticOptions options, int field)
    {
        bool item = field >= options.UserFields;
        int own = item ? field - options.UserFields : field;
        return own > 0 ? Enumerable.Range(0, Values(own)).Select(value => RowKey.Of($"v{value}"))
            : Enumerable.Range(0, item ? options.Items : options.Users).Select(id => RowKey.Of((item ? "i" : "u") + id));
    }

    private static PackageTable Table(PackageField field, IEnumerable<ulong> keys, Random random)
    {
        ulong[] sorted = [.. keys.Order()];
        return new PackageTable
        {
            Name = field.Name,
            Width = field.Width,
            Keys = sorted,
            Rows = Floats(sorted.Length * field.Width, 0.1f, random),
            Mean = Floats(field.Width, 0.1f, random),
            Default = Floats(field.Width, 0.1f, random),
        };
    }

    private static PackageCatalog Catalog(string entity, string prefix, int count, FieldEncoder[] encoders, int first, int fields, Random random)
    {
        var offsets = new int[count + 1];
        var bytes = new List<byte>(8 * count);
        for (int id = 0; id < count; id++)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(prefix + id));
            offsets[id + 1] = bytes.Count;
        }

        int[] entries = [.. Enumerable.Range(0, count + 1)];
        var weights = new float[count];
        Array.Fill(weights, 1f);
        var columns = new List<PackageCatalogColumn>();
        for (int own = 1; own < fields; own++)
        {
            ulong[] values = [.. Enumerable.Range(0, Values(own)).Select(value => RowKey.Of($"v{value}"))];
            ulong[] keys = [.. Enumerable.Range(0, count).Select(_ => values[random.Next(values.Length)])];
            columns.Add(new PackageCatalogColumn(encoders[first + own].Field.Name, keys, weights, entries));
        }

        return new PackageCatalog { Entity = entity, IdBytes = [.. bytes], IdOffsets = offsets, Columns = columns };
    }

    private static List<DenseTensor> Dense(ModelArchitecture shape, int inputs, Random random)
    {
        var dense = new List<DenseTensor>();
        // Weights of deviation 1/√inputs keep every layer's outputs near 1, as training does.
        void Add(string name, params int[] sizes) =>
            dense.Add(new DenseTensor(name, sizes, Floats(sizes.Aggregate((a, b) => a * b), 1 / MathF.Sqrt(sizes[^1]), random)));

        for (int layer = 0; layer < shape.CrossLayers; layer++)
        {
            Add($"cross.{layer}.weight", inputs, inputs);
            Add($"cross.{layer}.bias", inputs);
        }

        int width = inputs;
        for (int layer = 0; layer < shape.Hidden.Count; layer++)
        {
            Add($"mlp.{layer}.weight", shape.Hidden[layer], width);
            Add($"mlp.{layer}.bias", shape.Hidden[layer]);
            width = shape.Hidden[layer];
        }

        if (shape.Hidden.Count > 0)
            Add("head.weight", width + (shape.Structure == "parallel" ? inputs : 0));
        Add("head.bias", 1);
        return dense;
    }

    private static float[] Floats(int count, float scale, Random random)
    {
        var floats = new float[count];
        for (int i = 0; i < count; i++)
            floats[i] = ((random.NextSingle() * 2) - 1) * scale;
        return floats;
    }
}
