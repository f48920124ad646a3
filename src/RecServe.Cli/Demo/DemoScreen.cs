using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecServe.Cli.Demo;

/// <summary>What the demo prints: plain lines that read the same on a terminal, in a pipe and in a log.</summary>
internal sealed class DemoScreen(TextWriter output)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public void Market(Market market, MarketOptions options, double bestAuc)
    {
        output.WriteLine($"""
            1. A market with hidden tastes: {market.Users.Count:N0} users, {market.Items.Count:N0} items, {options.TrainRows + options.ValidRows + options.TestRows:N0} logged impressions.
               Clicks depend on user, segment, age_band, device, hour, item, category, brand, tags and price;
               zodiac, weekday and color are in the data and mean nothing.
               The click probabilities are known here, so the best AUC that any model can reach is too: {bestAuc:F4}

            """);
    }

    public void Models(IReadOnlyList<TrainedDemoModel> models, double bestAuc)
    {
        output.WriteLine("2. Two models, trained and packaged:");
        foreach (TrainedDemoModel model in models)
            output.WriteLine($"   {model.Model.Name,-13} {model.Model.Title,-20} test AUC {model.TestAuc:F4}, {bestAuc - model.TestAuc:F4} below the best, {model.Seconds:F0} s");
        output.WriteLine();
    }

    public void Serving(string url, int rankings)
    {
        output.WriteLine($"""
            3. Serving on {url}. Experiment '{DemoExperiment.Key}': each user always gets the same one of the two models.

            4. {rankings:N0} rankings of {Shoppers.Candidates} candidates by ids alone; {Shoppers.Shown} are shown, clicks go to POST /v1/feedback,
               and a trickle of row updates to POST /v1/rows:apply.
               What the server counted (GET /v1/experiments/{DemoExperiment.Key}/results):
            """);
    }

    public void Experiment(DemoOutcome outcome)
    {
        output.WriteLine($"   {"variant",-11}{"model",-15}{"rankings",9}{"shown",9}{"clicks",9}{"CTR",9}");
        foreach (VariantOutcome v in outcome.Variants)
            output.WriteLine($"   {v.Variant,-11}{v.Model,-15}{v.Rankings,9:N0}{v.Shown,9:N0}{v.Clicks,9:N0}{v.ClickThroughRate,9:P2}");
        double low = 100 * (outcome.Lift - outcome.LiftMargin), high = 100 * (outcome.Lift + outcome.LiftMargin);
        string verdict = low > 0 ? "treatment wins" : high < 0 ? "control wins" : "no winner";
        output.WriteLine($"   treatment − control: {100 * outcome.Lift:+0.00;−0.00} points (95 % interval {low:+0.00;−0.00} to {high:+0.00;−0.00}): {verdict}");
        output.WriteLine($"   meanwhile {outcome.Updates.Messages:N0} messages of row updates came ({outcome.Updates.State}), {outcome.Updates.Applied:N0} rows applied; age when visible: {outcome.Updates.AgeP50Ms:0.#} ms in the median, {outcome.Updates.AgeP99Ms:0.#} ms at the 99th percentile");
        output.WriteLine();
    }

    public void Try(string url, JsonObject request)
    {
        JsonObject explained = request.DeepClone().AsObject();
        explained["explain"] = true;
        output.WriteLine($"""
            5. Ask it yourself:

            curl -s {url}/v1/rank -H 'content-type: application/json' -d '{request.ToJsonString()}'

            curl -s {url}/v1/rank -H 'content-type: application/json' -d '{explained.ToJsonString()}'

            """);
    }

    public void Answer(string path, JsonObject request, JsonElement answer)
    {
        output.WriteLine($"5. POST {path} {request.ToJsonString()}");
        output.WriteLine(JsonSerializer.Serialize(answer, Indented));
    }

    public void Verdict(IReadOnlyList<string> failures)
    {
        foreach (string failure in failures)
            output.WriteLine($"FAILED  {failure}");
        output.WriteLine(failures.Count == 0
            ? "check passed: both models are within 0.01 of the best AUC, the better one wins the experiment, the server ranks by ids alone, and row updates are seen in rankings"
            : $"check failed: {failures.Count} of the expectations above do not hold");
    }
}
