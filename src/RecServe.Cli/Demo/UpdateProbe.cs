using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using RecServe.Artifacts;

namespace RecServe.Cli.Demo;

/// <summary>Changes one item's row, asks for a ranking from after it, and puts the row back: an update that was taken must be seen, and nothing else.</summary>
/// <param name="trickle">Sends the updates.</param>
/// <param name="client">Talks to the server.</param>
/// <param name="package">Package whose row is changed.</param>
/// <param name="model">Name that it is served under.</param>
internal sealed class UpdateProbe(RowTrickle trickle, HttpClient client, ModelPackage package, string model)
{
    /// <summary>Does it, with the first item of a request.</summary>
    /// <returns>What was not as it should be.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(JsonObject request, CancellationToken cancel)
    {
        string item = request["items"]![0]!["id"]!.GetValue<string>();
        double before = await ScoreAsync(request, item, null, cancel).ConfigureAwait(false);
        double changed = await ScoreAsync(request, item, await trickle.SetAsync(package, item, toZero: true, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
        double after = await ScoreAsync(request, item, await trickle.SetAsync(package, item, toZero: false, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
        var failures = new List<string>();
        if (changed == before)
            failures.Add($"the score of {item} is {before} before and after its row was replaced by zeros");
        if (after != before)
            failures.Add($"the score of {item} was {before}, and is {after} after its row was put back");
        return failures;
    }

    private async Task<double> ScoreAsync(JsonObject request, string item, string? readAfter, CancellationToken cancel)
    {
        JsonObject asked = request.DeepClone().AsObject();
        asked.Remove("k");
        if (readAfter is not null)
            (asked["read_after"], asked["deadline_ms"]) = (readAfter, 10_000);
        using HttpResponseMessage response = await client.PostAsJsonAsync($"/v1/rank/{model}", asked, cancel).ConfigureAwait(false);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancel).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? answer.GetProperty("items").EnumerateArray().Single(ranked => ranked.GetProperty("id").GetString() == item).GetProperty("score").GetDouble()
            : throw new DemoException($"a ranking was answered with {(int)response.StatusCode}: {answer}");
    }
}
