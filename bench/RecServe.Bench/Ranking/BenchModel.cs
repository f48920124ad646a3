using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Bench;

/// <summary>A package of 20 user and 6 item fields, D = 16, MLP 512-256 and three cross layers where the kind has them; random weights.</summary>
internal static class BenchModel
{
    public const int UserFields = 20, ItemFields = 6, Dim = 16;

    public static readonly string[] Kinds = ["lr", "fm", "mlp", "deepfm", "dcnv2", "dcnv2-stacked"];

    public static ModelPackage Create(string name)
    {
        var random = new Random(1);
        string kind = name.Split('-')[0];
        string? structure = name switch { "dcnv2" => "parallel", "dcnv2-stacked" => "stacked", _ => null };
        int[] hidden = kind is "lr" or "fm" ? [] : [512, 256];
        int cross = structure is null ? 0 : 3, inputs = (UserFields + ItemFields) * Dim, above = inputs;
        float[] Draw(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * scale)];
        DenseTensor Vector(string tensor, int size) => new(tensor, [size], Draw(size, 0.1f));
        DenseTensor Matrix(string tensor, int rows, int columns) => new(tensor, [rows, columns], Draw(rows * columns, MathF.Sqrt(12f / columns)));
        var dense = new List<DenseTensor> { Vector("head.bias", 1) };
        for (int i = 0; i < cross; i++)
            dense.AddRange([Matrix($"cross.{i}.weight", inputs, inputs), Vector($"cross.{i}.bias", inputs)]);
        for (int i = 0; i < hidden.Length; above = hidden[i++])
            dense.AddRange([Matrix($"mlp.{i}.weight", hidden[i], above), Vector($"mlp.{i}.bias", hidden[i])]);
        if (hidden.Length > 0)
            dense.Add(Vector("head.weight", hidden[^1] + (structure == "parallel" ? inputs : 0)));

        string[] names = [.. Enumerable.Range(0, UserFields + ItemFields).Select(i => $"f{i}")];
        bool linear = kind is "lr" or "fm" or "deepfm";
        PackageField[] fields = [.. names.Select(field => new PackageField { Name = field, Dim = kind == "lr" ? 0 : Dim, Linear = linear })];
        return new ModelPackage
        {
            Lineage = "bench",
            Schema = JsonSerializer.SerializeToElement(new
            {
                name = "bench",
                label = new { column = "label" },
                fields = names.Select((field, i) => new { name = field, side = i < UserFields ? "user" : "item", kind = "categorical", dim = Dim }),
            }),
            Fields = fields,
            Architecture = new ModelArchitecture { Kind = kind, Structure = structure, CrossLayers = cross, Hidden = hidden },
            Dense = dense,
            Tables = [.. fields.Select(field => new PackageTable
            {
                Name = field.Name,
                Width = field.Width,
                Keys = [],
                Rows = [],
                Mean = Draw(field.Width, 1),
                Default = Draw(field.Width, 1),
            })],
        };
    }
}
