using System.Text.Json;

namespace RecServe.Artifacts;

public static partial class ManifestJson
{
    private static ModelArchitecture Architecture(JsonMember member) => new()
    {
        Kind = member["kind"].Text(),
        Structure = member.Optional("structure") is null ? null : member["structure"].Text(),
        CrossLayers = (int)member["cross_layers"].Whole(0, PackageLimits.Layers),
        Hidden = Widths(member["hidden"]),
        Tasks = member.TryGet("tasks", out JsonMember tasks) ? tasks.Array(PackageLimits.Tasks, OneTask) : [],
        Experts = member.TryGet("experts", out JsonMember experts) ? Experts(experts) : null,
    };

    private static PackageTask OneTask(JsonMember member) => new(member["name"].Text(), member["rank_weight"].Number());

    private static ExpertArchitecture Experts(JsonMember member) => new()
    {
        Layers = (int)member["layers"].Whole(1, PackageLimits.Layers),
        Shared = (int)member["shared"].Whole(1, PackageLimits.Experts),
        Specific = (int)member["specific"].Whole(0, PackageLimits.Experts),
        Widths = Widths(member["widths"]),
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
            json.WriteEndObject();
        }

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
