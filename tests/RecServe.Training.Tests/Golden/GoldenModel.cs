using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Golden;

/// <summary>A file that bench/peers/golden_models.py wrote: a model computed by torch in double precision.</summary>
internal sealed class GoldenModel
{
    private readonly JsonElement _json;

    private GoldenModel(JsonElement json)
    {
        _json = json;
        Dims = [.. json.GetProperty("dims").EnumerateArray().Select(dim => dim.GetInt32())];
        Linear = json.TryGetProperty("linear", out _);
        Labels = [.. json.GetProperty("labels").EnumerateArray().Select(row => row.EnumerateArray().Select(label => label.ValueKind == JsonValueKind.Null ? float.NaN : label.GetSingle()).ToArray())];
        Tensors = json.GetProperty("weights").EnumerateObject().ToDictionary(tensor => tensor.Name, tensor =>
            new DenseTensor(tensor.Name, [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())], Floats(tensor.Value.GetProperty("values"))));
    }

    public static GoldenModel Read(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Root, "tests/RecServe.Training.Tests/Golden", $"{name}.json")));
        return new GoldenModel(document.RootElement.Clone());
    }

    public int[] Dims { get; }

    public bool Linear { get; }

    /// <summary>[tasks, rows]; NaN for one that is not known.</summary>
    public float[][] Labels { get; }

    public IReadOnlyDictionary<string, DenseTensor> Tensors { get; }

    public int Rows => Labels[0].Length;

    public int UserFields => _json.GetProperty("user_fields").GetInt32();

    public double Loss => _json.GetProperty("loss").GetDouble();

    /// <summary>[rows, tasks].</summary>
    public double[] Logits => Numbers("logits");

    public double[] Gradient(string tensor) => [.. _json.GetProperty("weights").GetProperty(tensor).GetProperty("gradient").EnumerateArray().Select(value => value.GetDouble())];

    /// <summary>The row of a field for a sample: its embedding, then its first-order weight; or the gradient of both.</summary>
    public double[] Row(int sample, int field, bool gradient)
    {
        double[] x = Dims.Sum() == 0 ? [] : Numbers(gradient ? "x_gradient" : "x"), linear = Linear ? Numbers(gradient ? "linear_gradient" : "linear") : [];
        int at = (sample * Dims.Sum()) + Dims[..field].Sum();
        return [.. x.Skip(at).Take(Dims[field]), .. linear.Skip((sample * Dims.Length) + field).Take(1)];
    }

    public ModelArchitecture Architecture => new()
    {
        Kind = Text("kind")!,
        Structure = Text("structure"),
        CrossLayers = Number(_json, "cross_layers"),
        CrossMixture = !_json.TryGetProperty("cross_mixture", out JsonElement mixture) ? null : new CrossMixture { Experts = Number(mixture, "experts"), Rank = Number(mixture, "rank") },
        Hidden = Widths(_json, "hidden"),
        Tasks = !_json.TryGetProperty("tasks", out JsonElement tasks) ? [] : [.. tasks.EnumerateArray().Select(task => new PackageTask(task.GetProperty("name").GetString()!, task.GetProperty("rank_weight").GetDouble()))],
        Experts = !_json.TryGetProperty("experts", out JsonElement experts) ? null : new ExpertArchitecture
        {
            Layers = Number(experts, "layers"), Shared = Number(experts, "shared"), Specific = Number(experts, "specific"), TopK = Number(experts, "top_k"), Widths = Widths(experts, "widths"), Tower = Widths(experts, "tower"),
        },
        Sparse = !_json.TryGetProperty("sparse", out JsonElement sparse) ? null : new SparseArchitecture
        {
            Width = Number(sparse, "width"), Layers = Number(sparse, "layers"), Networks = Number(sparse, "networks"), Hidden = Number(sparse, "hidden"), Constants = Number(sparse, "constants"),
            Copies = Number(sparse, "copies"), Zeros = Number(sparse, "zeros"), TopK = Number(sparse, "top_k"), TopP = sparse.GetProperty("top_p").GetDouble(),
            UserInputs = Number(sparse, "user_inputs"), OneSet = sparse.GetProperty("one_set").GetBoolean(), Tower = Widths(sparse, "tower"),
        },
    };

    /// <summary>The package: every field's table has a row for each sample.</summary>
    public ModelPackage Package()
    {
        PackageField[] fields = [.. Dims.Select((dim, f) => new PackageField { Name = $"f{f}", Dim = dim, Linear = Linear })];
        return new ModelPackage
        {
            Lineage = "golden",
            Schema = JsonSerializer.SerializeToElement(new
            {
                name = "golden",
                label = new { column = "label" },
                fields = fields.Select((field, f) => new { name = field.Name, side = f < UserFields ? "user" : "item", kind = "categorical", dim = Math.Max(1, field.Dim) }),
            }),
            Fields = fields,
            Architecture = Architecture,
            Dense = [.. DenseShapes.Of(Architecture, fields).Select(shape => Tensors[shape.Name])],
            Tables = [],
        };
    }

    /// <summary>The network with the weights and, as tables, the inputs; and samples that read them.</summary>
    public (RankingNetwork Network, Dataset Data) Network(ThreadTeam team)
    {
        ModelArchitecture a = Architecture;
        var shape = new NetworkShape
        {
            Fields = [.. Dims.Select((dim, f) => new FieldShape($"f{f}", Rows, dim, Linear))],
            Pairs = a.Kind is "fm" or "deepfm", Hidden = a.Hidden, CrossLayers = a.CrossLayers, CrossMixture = a.CrossMixture, Stacked = a.Structure == "stacked", Parallel = a.Structure == "parallel",
            Tasks = a.Tasks, Experts = a.Experts, Sparse = a.Sparse,
            LossWeights = a.Tasks.Count == 0 ? [] : [.. _json.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("loss_weight").GetDouble())],
            Routing = !_json.TryGetProperty("routing", out JsonElement routing) ? new RoutingWeights()
                : new RoutingWeights(routing.GetProperty("balance").GetDouble(), routing.GetProperty("capacity").GetDouble(), routing.GetProperty("entropy").GetDouble()),
        };
        int[] rows = [.. Enumerable.Range(0, Rows)];
        var data = new Dataset(Labels[0], null, null, [.. Dims.Select(_ => new DatasetColumn(rows, null, null))]) { FurtherLabels = [.. Labels[1..]] };
        var network = new RankingNetwork(shape, 0, Rows, data, team);
        foreach (DenseTensor tensor in Tensors.Values)
            tensor.Values.CopyTo(network.Parameters[tensor.Name].In(network.Parameters.Values));
        for (int f = 0; f < Dims.Length; f++)
        {
            for (int sample = 0; sample < Rows; sample++)
                Array.ConvertAll(Row(sample, f, gradient: false), value => (float)value).CopyTo(TableRow(network, f, sample, network.Parameters.Values));
        }

        return (network, data);
    }

    /// <summary>A row of a field's table, or its gradient.</summary>
    public Span<float> TableRow(RankingNetwork network, int field, int sample, float[] of)
    {
        int width = Dims[field] + (Linear ? 1 : 0);
        return network.Parameters[$"table.f{field}"].In(of).Slice(sample * width, width);
    }

    private double[] Numbers(string member) => [.. _json.GetProperty(member).EnumerateArray().Select(value => value.GetDouble())];

    private string? Text(string member) => _json.TryGetProperty(member, out JsonElement text) ? text.GetString() : null;

    private static int Number(JsonElement json, string member) => json.TryGetProperty(member, out JsonElement number) ? number.GetInt32() : 0;

    private static int[] Widths(JsonElement json, string member) => json.TryGetProperty(member, out JsonElement widths) ? [.. widths.EnumerateArray().Select(width => width.GetInt32())] : [];

    private static float[] Floats(JsonElement numbers) => [.. numbers.EnumerateArray().Select(value => value.GetSingle())];
}
