using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace RecServe.Integration.Tests;

/// <summary>Updates rows of a running server, and asks it for scores.</summary>
internal static class ServedRows
{
    /// <summary>Replaces rows of the table item, whose rows are one number, and gives the token.</summary>
    public static Task<string> ApplyAsync(RunningServer server, string lineage, string producer, long version, params (string Item, double Value)[] rows) =>
        PostAsync(server, $$"""{"lineage":"{{lineage}}","table":"item","producer":"{{producer}}","rows":[{{string.Join(',', rows.Select(row =>
            string.Create(CultureInfo.InvariantCulture, $$"""{"id":"{{row.Item}}","version":{{version}},"values":[{{row.Value}}]}""")))}}]}""");

    /// <summary>Sends a message of updates and gives the token.</summary>
    public static async Task<string> PostAsync(RunningServer server, string update)
    {
        JsonElement answer = await SendAsync(server, "/v1/rows:apply", update);
        return answer.GetProperty("token").GetString()!;
    }

    /// <summary>The scores of items, in their order.</summary>
    public static async Task<double[]> ScoresAsync(RunningServer server, string[] items, string? readAfter = null)
    {
        string after = readAfter is null ? "" : $",\"read_after\":\"{readAfter}\"";
        JsonElement answer = await SendAsync(server, "/v1/rank", $$"""{"items":[{{string.Join(',', items.Select(item => $$"""{"id":"{{item}}"}"""))}}]{{after}}}""");
        var scores = answer.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("id").GetString()!, item => item.GetProperty("score").GetDouble());
        return [.. items.Select(item => scores[item])];
    }

    private static async Task<JsonElement> SendAsync(RunningServer server, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await server.Client.PostAsync(path, content);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        using JsonDocument answer = JsonDocument.Parse(text);
        return answer.RootElement.Clone();
    }
}
