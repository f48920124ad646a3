using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecServe.Cli.Demo;

/// <summary>
/// Simulated people: each asks the server for a ranking by ids alone, looks at the first few items, clicks with the market's true
/// probability, and reports the clicks as feedback. Ranking r draws from its own seed, so the result does not depend on timing.
/// </summary>
/// <param name="market">The market they shop in.</param>
/// <param name="client">Talks to the server.</param>
/// <param name="seed">Seed of the first ranking.</param>
internal sealed class Shoppers(Market market, HttpClient client, int seed)
{
    /// <summary>Candidates of a request.</summary>
    public const int Candidates = 50;

    /// <summary>Items a shopper looks at.</summary>
    public const int Shown = 5;

    private const int Concurrency = 4;

    /// <summary>Asks for <paramref name="rankings"/> rankings and reports the clicks.</summary>
    /// <exception cref="DemoException">The server refused a request.</exception>
    public async Task VisitAsync(int rankings, Action<int> done, CancellationToken cancel)
    {
        int finished = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancel };
        await Parallel.ForAsync(0, rankings, options, async (ranking, token) =>
        {
            await VisitOnceAsync(ranking, token).ConfigureAwait(false);
            done(Interlocked.Increment(ref finished));
        }).ConfigureAwait(false);
    }

    /// <summary>A rank request by ids alone, as anybody would write it.</summary>
    public JsonObject Request(int user, int hour, IEnumerable<int> items, int k) => new()
    {
        ["user"] = new JsonObject { ["id"] = market.Users[user].Id },
        ["context"] = new JsonObject { ["hour"] = hour, ["weekday"] = 2 },
        ["items"] = new JsonArray([.. items.Select(i => new JsonObject { ["id"] = market.Items[i].Id })]),
        ["k"] = k,
    };

    private async Task VisitOnceAsync(int ranking, CancellationToken cancel)
    {
        var random = new Random(seed + ranking);
        int user = random.Next(market.Users.Count), hour = random.Next(24);
        var candidates = new HashSet<int>();
        while (candidates.Count < Candidates)
            candidates.Add(market.DrawItem(random));

        JsonElement answer = await PostAsync("/v1/rank", Request(user, hour, candidates, Shown), cancel).ConfigureAwait(false);
        string rankingId = answer.GetProperty("ranking_id").GetString()!;
        var events = new JsonArray();
        foreach (JsonElement item in answer.GetProperty("items").EnumerateArray())
        {
            string id = item.GetProperty("id").GetString()!;
            if (random.NextDouble() < market.ClickProbability(user, int.Parse(id.AsSpan(1)), hour))
            {
                events.Add(new JsonObject
                {
                    ["event_id"] = $"{rankingId}-{id}",
                    ["ranking_id"] = rankingId,
                    ["item_id"] = id,
                    ["type"] = "click",
                });
            }
        }

        if (events.Count > 0)
            await PostAsync("/v1/feedback", new JsonObject { ["events"] = events }, cancel).ConfigureAwait(false);
    }

    private async Task<JsonElement> PostAsync(string path, JsonObject body, CancellationToken cancel)
    {
        using HttpResponseMessage response = await client.PostAsJsonAsync(path, body, cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw new DemoException($"POST {path} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false)}");
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancel).ConfigureAwait(false);
    }
}
