using System.Text.Json.Nodes;

namespace RecServe.Cli.Demo;

/// <summary>The demo's experiment file: half of the users get each model, always the same one.</summary>
internal static class DemoExperiment
{
    public const string Key = "ranker";

    public static void Write(string path, IReadOnlyList<DemoModel> models)
    {
        var rule = new JsonObject
        {
            ["key"] = Key,
            ["seed"] = Key,
            ["hashVersion"] = 2,
            ["hashAttribute"] = "id",
            ["coverage"] = 1,
            ["weights"] = new JsonArray([.. models.Select(_ => (JsonNode)(1.0 / models.Count))]),
            ["variations"] = new JsonArray([.. models.Select(m => new JsonObject { ["model"] = m.Name })]),
            ["meta"] = new JsonArray([.. models.Select(m => new JsonObject { ["key"] = m.Variant })]),
        };
        var feature = new JsonObject { ["defaultValue"] = new JsonObject { ["model"] = models[0].Name }, ["rules"] = new JsonArray(rule) };
        File.WriteAllText(path, new JsonObject { ["features"] = new JsonObject { [Key] = feature } }.ToJsonString());
    }
}
