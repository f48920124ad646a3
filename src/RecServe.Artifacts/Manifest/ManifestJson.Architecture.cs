using System.Text.Json;

namespace RecServe.Artifacts;

public static partial class ManifestJson
{
    private static ModelArchitecture Architecture(JsonMember member) => new()
    {
        Kind = member["kind"].Text(),
        Structure = member.Optional("structure") is null ? null : member["structure"].Text(),
        CrossLayers = (int)member["cross_layers"].Whole(0, PackageLimits.Layers),
        CrossMixture = member.TryGet("cross_mixture", out JsonMember mixture) ? Mixture(mixture) : null,
        Hidden = Widths(member["hidden"]),
        Tasks = member.TryGet("tasks", out JsonMember tasks) ? tasks.Array(PackageLimits.Tasks, OneTask) : [],
        Experts = member.TryGet("experts", out JsonMember experts) ? Experts(experts) : null,
        Sparse = member.TryGet("sparse", out JsonMember sparse) ? Sparse(sparse) : null,
    };

    private static CrossMixture Mixture(JsonMember member) => new()
    {
        Experts = (int)member["experts"].Whole(1, PackageLimits.CrossExperts),
        Rank = (int)member["rank"].Whole(1, PackageLimits.Fields * PackageLimits.Dim),
    };

    private static PackageTask OneTask(JsonMember member) => new(member["name"].Text(), member["rank_weight"].Number());

    private static ExpertArchitecture Experts(JsonMember member) => new()
    {
        Layers = (int)member["layers"].Whole(1, PackageLimits.Layers),
        Shared = (int)member["shared"].Whole(1, PackageLimits.Experts),
        Specific = (int)member["specific"].Whole(0, PackageLimits.Experts),
        Widths = Widths(member["widths"]),
        Tower = Widths(member["tower"]),
        TopK = member.TryGet("top_k", out JsonMember topK) ? (int)topK.Whole(1, PackageLimits.Experts) : 0,
    };

    private static SparseArchitecture Sparse(JsonMember member) => new()
    {
        Width = (int)member["width"].Whole(1, PackageLimits.LayerWidth),
        Layers = (int)member["layers"].Whole(1, PackageLimits.Layers),
        Networks = (int)member["networks"].Whole(1, PackageLimits.Experts),
        Hidden = (int)member["hidden"].Whole(1, PackageLimits.LayerWidth),
        Constants = (int)member["constants"].Whole(0, PackageLimits.Experts),
        Copies = (int)member["copies"].Whole(0, PackageLimits.Experts),
        Zeros = (int)member["zeros"].Whole(0, PackageLimits.Experts),
        TopK = (int)member["top_k"].Whole(0, PackageLimits.Experts),
        TopP = member["top_p"].Number(),
        UserInputs = (int)member["user_inputs"].Whole(0, PackageLimits.Fields * PackageLimits.Dim),
        OneSet = member["one_set"].Flag(),
        Tower = Widths(member["tower"]),
    };

    private static int[] Widths(JsonMember member) => member.Array(PackageLimits.Layers, width => (int)width.Whole(1, PackageLimits.LayerWidth));

    // Members that a kind has no use for are left out, so that packages of the older kinds keep their bytes.
    private static void WriteArchitecture(Utf8JsonWriter json, ModelArchitecture architecture)
    {
        json.WriteStartObject("architecture");
        json.WriteString("kind", architecture.Kind);
        json.WriteString("structure", architecture.Structure);
        json.WriteNumber("cross_layers", architecture.CrossLayers);
        if (architecture.CrossMixture is { } mixture)
        {
            json.WriteStartObject("cross_mixture");
            json.WriteNumber("experts", mixture.Experts);
            json.WriteNumber("rank", mixture.Rank);
            json.WriteEndObject();
        }

        WriteWidths(json, "hidden", architecture.Hidden);
        if (architecture.Tasks.Count > 0)
        {
            WriteArray(json, "tasks", architecture.Tasks, (writer, task) =>
            {
                writer.WriteString("name", task.Name);
                writer.WriteNumber("rank_weight", task.RankWeight);
            });
        }

        if (architecture.Experts is { } experts)
        {
            json.WriteStartObject("experts");
            json.WriteNumber("layers", experts.Layers);
            json.WriteNumber("shared", experts.Shared);
            json.WriteNumber("specific", experts.Specific);
            WriteWidths(json, "widths", experts.Widths);
            WriteWidths(json, "tower", experts.Tower);
            if (experts.TopK > 0)
                json.WriteNumber("top_k", experts.TopK);
            json.WriteEndObject();
        }

        if (architecture.Sparse is { } sparse)
            WriteSparse(json, sparse);
        json.WriteEndObject();
    }

    private static void WriteSparse(Utf8JsonWriter json, SparseArchitecture sparse)
    {
        json.WriteStartObject("sparse");
        json.WriteNumber("width", sparse.Width);
        json.WriteNumber("layers", sparse.Layers);
        json.WriteNumber("networks", sparse.Networks);
        json.WriteNumber("hidden", sparse.Hidden);
        json.WriteNumber("constants", sparse.Constants);
        json.WriteNumber("copies", sparse.Copies);
        json.WriteNumber("zeros", sparse.Zeros);
        json.WriteNumber("top_k", sparse.TopK);
        json.WriteNumber("top_p", sparse.TopP);
        json.WriteNumber("user_inputs", sparse.UserInputs);
        json.WriteBoolean("one_set", sparse.OneSet);
        WriteWidths(json, "tower", sparse.Tower);
        json.WriteEndObject();
    }

    private static void WriteWidths(Utf8JsonWriter json, string name, IReadOnlyList<int> widths)
    {
        json.WriteStartArray(name);
        foreach (int width in widths)
            json.WriteNumberValue(width);
        json.WriteEndArray();
    }
}
