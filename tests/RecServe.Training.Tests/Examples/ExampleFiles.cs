using RecServe.Training.Data;
using RecServe.Training.Examples;
using RecServe.Training.Tests.Data;

namespace RecServe.Training.Tests.Examples;

/// <summary>Schemas with derived fields, and exports into a folder.</summary>
internal static class ExampleFiles
{
    public static readonly string[] Derived =
    [
        "item.clicks/1h", "item.impressions/24h", "item.ctr/24h", "item.ctr(1,20)/7d", "item.last_seen", "user.clicks/24h", "user.ctr/7d", "user.last_clicks/5", "user.last_clicks/50", "user.last_seen",
        "user*CATEGORY.clicks/7d", "user*CATEGORY.ctr(1,20)/24h", "user*CATEGORY.last_seen",
    ];

    /// <summary>A schema whose fields of events are called d0, d1, … in the order of <see cref="Derived"/>.</summary>
    public static string Schema(string user, string item, string time, string label, string category, string more = "")
    {
        IEnumerable<string> derived = Derived.Select((from, i) =>
        {
            (string side, string kind) = (from.StartsWith("user.", StringComparison.Ordinal) ? "user" : "item", from.Contains("last_c", StringComparison.Ordinal) ? "multi" : "numeric");
            return $$"""{"name": "d{{i}}", "side": "{{side}}", "kind": "{{kind}}", "from": "{{from.Replace("CATEGORY", category, StringComparison.Ordinal)}}"}""";
        });
        return $$"""
            {"name": "x", "label": {{label}}, "user": "{{user}}", "item": "{{item}}", "time": "{{time}}" {{more}},
             "fields": [{"name": "{{user}}", "side": "user", "kind": "categorical"}, {"name": "{{item}}", "side": "item", "kind": "categorical"},
                        {"name": "{{category}}", "side": "item", "kind": "multi"}, {{string.Join(", ", derived)}}]}
            """;
    }

    /// <summary>Names of the columns of <see cref="Derived"/> and what they hold, in the order in which an export writes them: user fields first.</summary>
    public static IReadOnlyList<(string Column, string Feature)> Columns(string category) =>
        [.. Derived.Select((from, i) => ($"d{i}", from.Replace("CATEGORY", category, StringComparison.Ordinal))).OrderBy(one => !one.Item2.StartsWith("user.", StringComparison.Ordinal))];

    public static ExampleReport Export(DataFolder folder, string schema, string events, string output = "examples.csv", DataFormat format = DataFormat.Csv, long? latenessMs = null, long joinMs = 3_600_000) =>
        ExampleExport.Run(
            new ExampleOptions
            {
                Format = format,
                Events = events,
                SchemaPath = folder.Write("schema.json", schema),
                Output = folder[output],
                LatenessMs = latenessMs,
                JoinMs = joinMs,
            },
            CancellationToken.None);
}
