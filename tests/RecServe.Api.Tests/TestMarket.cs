using System.Text;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Api.Tests;

/// <summary>A small hand-made model of every kind over one schema: seeded weights, 12 known items, 4 known users.</summary>
internal static class TestMarket
{
    public const int KnownItems = 12;

    public static readonly string[] Kinds = ["lr", "fm", "mlp", "deepfm", "dcnv2-parallel", "dcnv2-stacked"];

    public static readonly string[] Countries = ["DE", "FR", "US"];

    public static readonly string[] Genres = ["action", "comedy", "drama", "sf"];

    // Item fields first: model order must differ from schema order.
    private const string SchemaJson = """
        {"name":"market","label":{"column":"click"},"user":"user","item":"item","fields":[
         {"name":"item","side":"item","kind":"categorical","dim":4},
         {"name":"genres","side":"item","kind":"multi","dim":4},
         {"name":"price","side":"item","kind":"numeric","transform":"standardize","dim":4},
         {"name":"user","side":"user","kind":"categorical","dim":4},
         {"name":"country","side":"user","kind":"categorical","dim":4},
         {"name":"history","side":"user","kind":"multi","pool":"sum","dim":4},
         {"name":"hour","side":"context","kind":"categorical","dim":4},
         {"name":"age","side":"context","kind":"numeric","transform":"log_squared_bucket","dim":4}]}
        """;

    public static DataSchema Schema { get; } = DataSchemaJson.Parse(Encoding.UTF8.GetBytes(SchemaJson), "schema.json");

    /// <summary>Stored features of item n.</summary>
    public static (string[] Genres, double Price) Item(int n) => ([.. Genres.Where((_, g) => (n >> g & 1) == 1)], 1.5 + n);

    /// <summary>Stored features of user n.</summary>
    public static string Country(int n) => Countries[n % Countries.Length];

    public static ModelPackage Package(string kind, int seed = 1, bool catalogs = true)
    {
        var random = new Random(seed);
        string architecture = kind.Split('-')[0];
        bool linear = architecture is "lr" or "fm" or "deepfm";
        IReadOnlyList<FieldSchema> order = ModelOrder.Of(Schema);
        PackageField[] fields = [.. order.Select(f => new PackageField
        {
            Name = f.Name,
            Dim = architecture == "lr" ? 0 : 4,
            Linear = linear,
            Mean = f.Name == "price" ? 5 : 0,
            Deviation = f.Name == "price" ? 2 : 1,
        })];
        int inputs = fields.Sum(f => f.Dim);
        var shape = new ModelArchitecture
        {
            Kind = architecture,
            Structure = kind.Contains('-') ? kind.Split('-')[1] : null,
            CrossLayers = architecture == "dcnv2" ? 2 : 0,
            Hidden = architecture is "lr" or "fm" ? [] : [7, 5],
        };
        FieldEncoder[] encoders = [.. order.Select((f, i) => new FieldEncoder(f, fields[i].Mean, fields[i].Deviation))];
        return new ModelPackage
        {
            Lineage = $"lineage-{kind}-{seed}",
            Schema = DataSchemaJson.ToElement(Schema),
            Fields = fields,
            Architecture = shape,
            Dense = Dense(shape, inputs, random),
            Tables = [.. fields.Select((f, i) => Table(f, ValuesOf(order[i]), random))],
            Catalogs = catalogs ? [PackageEncoders.ToPackage("items", Items(encoders), encoders), PackageEncoders.ToPackage("users", Users(encoders), encoders)] : [],
            Metrics = new Dictionary<string, double> { ["test_auc"] = 0.75 },
        };
    }

    /// <summary>A model of two tasks, watch and like; watch weighs three times as much.</summary>
    public static ModelPackage TaskPackage(int seed = 1) => TaskPackage(new ModelArchitecture
    {
        Kind = "mmoe",
        Tasks = [new PackageTask("watch", 3), new PackageTask("like", 1)],
        Experts = new ExpertArchitecture { Shared = 2, Widths = [6, 4] },
    }, seed);

    /// <summary>The same with two layers of sparse experts: 3 networks, a constant, a copy and a zero, of which a row takes 2.</summary>
    public static ModelPackage SparsePackage(int seed = 1) => TaskPackage(new ModelArchitecture
    {
        Kind = "moe",
        Tasks = [new PackageTask("watch", 3), new PackageTask("like", 1)],
        Sparse = new SparseArchitecture { Width = 6, Hidden = 5, Layers = 2, Networks = 3, Constants = 1, Copies = 1, Zeros = 1, TopK = 2 },
    }, seed);

    /// <summary>Four experts, of which each of two tasks takes the best 2.</summary>
    public static ModelPackage ChosenExpertsPackage(int seed = 1) => TaskPackage(new ModelArchitecture
    {
        Kind = "mmoe",
        Tasks = [new PackageTask("watch", 3), new PackageTask("like", 1)],
        Experts = new ExpertArchitecture { Shared = 4, Widths = [6, 4], TopK = 2 },
    }, seed);

    /// <summary>Cross layers of low rank: 2 experts of 3 units each.</summary>
    public static ModelPackage MixturePackage(int seed = 1)
    {
        ModelPackage full = Package("dcnv2-parallel", seed);
        return Reshape(full, full.Architecture with { CrossMixture = new CrossMixture { Experts = 2, Rank = 3 } }, seed);
    }

    private static ModelPackage TaskPackage(ModelArchitecture shape, int seed) => Reshape(Package("mlp", seed), shape, seed) with
    {
        Schema = DataSchemaJson.ToElement(Schema with { Tasks = [new TaskSchema { Name = "watch", Column = "click" }, new TaskSchema { Name = "like", Column = "like" }] }),
    };

    private static ModelPackage Reshape(ModelPackage package, ModelArchitecture shape, int seed)
    {
        var random = new Random(seed + 100);
        return package with
        {
            Architecture = shape,
            Dense = [.. DenseShapes.Of(shape, package.Fields).Select(tensor =>
                new DenseTensor(tensor.Name, tensor.Shape, Floats(tensor.Shape.Aggregate(1, (a, b) => a * b), random)))],
        };
    }

    private static IEnumerable<ulong> ValuesOf(FieldSchema field) => field.Name switch
    {
        "item" => Enumerable.Range(0, KnownItems).Select(n => RowKey.Of($"i{n}")),
        "history" => Enumerable.Range(0, KnownItems).Select(n => RowKey.Of($"i{n}")),
        "user" => Enumerable.Range(0, 4).Select(n => RowKey.Of($"u{n}")),
        "country" => Countries.Select(RowKey.Of).Append(RowKey.Missing),
        "genres" => Genres.Select(RowKey.Of),
        "hour" => Enumerable.Range(0, 24).Select(h => RowKey.Of(h.ToString())),
        "age" => Enumerable.Range(-1, 25).Select(b => RowKey.Of(b.ToString())),
        _ => [RowKey.NumericVector],
    };

    private static PackageTable Table(PackageField field, IEnumerable<ulong> keys, Random random)
    {
        ulong[] sorted = [.. keys.Order()];
        return new PackageTable
        {
            Name = field.Name,
            Width = field.Width,
            Keys = sorted,
            Rows = Floats(sorted.Length * field.Width, random),
            Mean = Floats(field.Width, random),
            Default = Floats(field.Width, random),
            Unknown = field.Name == "user" ? Floats(field.Width, random) : null,
        };
    }

    private static List<DenseTensor> Dense(ModelArchitecture shape, int inputs, Random random)
    {
        var dense = new List<DenseTensor>();
        void Add(string name, params int[] sizes) => dense.Add(new DenseTensor(name, sizes, Floats(sizes.Aggregate((a, b) => a * b), random)));

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

    private static float[] Floats(int count, Random random)
    {
        var floats = new float[count];
        for (int i = 0; i < count; i++)
            floats[i] = (float)((random.NextDouble() - 0.5) * 0.8);
        return floats;
    }

    private static EntityCatalog Items(FieldEncoder[] encoders)
    {
        var genres = new FeatureColumn();
        var price = new FeatureColumn();
        int genresField = Array.FindIndex(encoders, e => e.Field.Name == "genres"), priceField = Array.FindIndex(encoders, e => e.Field.Name == "price");
        for (int n = 0; n < KnownItems; n++)
        {
            encoders[genresField].Encode(Encoding.UTF8.GetBytes(string.Join('|', Item(n).Genres)), genres);
            genres.EndSample();
            encoders[priceField].Encode(Item(n).Price, price);
            price.EndSample();
        }

        return Catalog("i", KnownItems, (genresField, genres), (priceField, price));
    }

    private static EntityCatalog Users(FieldEncoder[] encoders)
    {
        var country = new FeatureColumn();
        int field = Array.FindIndex(encoders, e => e.Field.Name == "country");
        for (int n = 0; n < 4; n++)
        {
            encoders[field].Encode(Encoding.UTF8.GetBytes(Country(n)), country);
            country.EndSample();
        }

        return Catalog("u", 4, (field, country));
    }

    private static EntityCatalog Catalog(string prefix, int count, params (int Field, FeatureColumn Column)[] columns)
    {
        byte[][] ids = [.. Enumerable.Range(0, count).Select(n => Encoding.UTF8.GetBytes(prefix + n))];
        int[] offsets = [0, .. ids.Select((_, i) => ids.Take(i + 1).Sum(id => id.Length))];
        return new EntityCatalog([.. ids.SelectMany(id => id)], offsets,
            [.. columns.Select(c => new EntityColumn(c.Field, c.Column.Keys.ToArray(), c.Column.Weights.ToArray(), c.Column.Offsets.ToArray()))]);
    }
}
