using System.Text;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Bench;

/// <summary><see cref="BenchModel"/> with rows and catalogs, so that it can be served: 10,000 users u0 … and items i0 …, 1,000 values in every other field.</summary>
internal static class BenchMarket
{
    public const int Entities = 10_000;

    private const int Values = 1_000;

    public static ModelPackage Create(string kind)
    {
        var random = new Random(2);
        ModelPackage model = BenchModel.Create(kind);
        string user = model.Fields[0].Name, item = model.Fields[BenchModel.UserFields].Name;
        JsonElement schemaJson = JsonSerializer.SerializeToElement(new
        {
            name = "bench",
            label = new { column = "label" },
            user,
            item,
            fields = model.Fields.Select((field, i) => new
            {
                name = field.Name,
                side = i < BenchModel.UserFields ? "user" : "item",
                kind = "categorical",
                dim = BenchModel.Dim,
            }),
        });
        ModelPackage package = model with { Schema = schemaJson };
        IReadOnlyList<FieldEncoder> encoders = PackageEncoders.Encoders(package, PackageEncoders.Schema(package));
        ulong[] values = Keys("v", Values);
        return package with
        {
            Tables = [.. package.Tables.Select(table => WithRows(table, table.Name == user ? Keys("u", Entities) : table.Name == item ? Keys("i", Entities) : values, random))],
            Catalogs =
            [
                PackageEncoders.ToPackage("users", Catalog("u", 1, BenchModel.UserFields - 1, values, random), encoders),
                PackageEncoders.ToPackage("items", Catalog("i", BenchModel.UserFields + 1, BenchModel.ItemFields - 1, values, random), encoders),
            ],
        };
    }

    private static ulong[] Keys(string prefix, int count) => [.. Enumerable.Range(0, count).Select(n => RowKey.Of($"{prefix}{n}"))];

    private static PackageTable WithRows(PackageTable table, ulong[] keys, Random random) => table with
    {
        Keys = [.. keys.Order()],
        Rows = [.. Enumerable.Range(0, keys.Length * table.Width).Select(_ => random.NextSingle() - 0.5f)],
    };

    private static EntityCatalog Catalog(string prefix, int firstField, int fields, ulong[] values, Random random)
    {
        byte[][] ids = [.. Enumerable.Range(0, Entities).Select(n => Encoding.UTF8.GetBytes($"{prefix}{n}"))];
        var offsets = new int[Entities + 1];
        for (var n = 0; n < Entities; n++)
        {
            offsets[n + 1] = offsets[n] + ids[n].Length;
        }

        int[] oneEach = [.. Enumerable.Range(0, Entities + 1)];
        float[] ones = [.. Enumerable.Repeat(1f, Entities)];
        return new EntityCatalog([.. ids.SelectMany(id => id)], offsets,
        [
            .. Enumerable.Range(firstField, fields).Select(field =>
                new EntityColumn(field, [.. Enumerable.Range(0, Entities).Select(_ => values[random.Next(Values)])], ones, oneEach)),
        ]);
    }
}
