using System.Text.Json;

namespace RecServe.Integration.Tests;

/// <summary>The short forms of <c>recserve bench corridor --kills 200</c>, <c>bench updates</c>, with and without Redis, and <c>bench read-after</c>.</summary>
public sealed class CorridorDrillTests
{
    [KafkaFact]
    [Trait("Category", "Slow")]
    public void Consumer_killed_at_any_instant_ends_with_every_message_applied_once()
    {
        using RecServeProcess drill = RecServeProcess.Run(0, "bench", "corridor", "--kills", "6", "--keys", "20000", "--rate", "10000", "--seed", "3", "--json");

        using JsonDocument json = JsonDocument.Parse(drill.Output);
        JsonElement figures = json.RootElement;
        Assert.True(figures.GetProperty("passed").GetBoolean(), drill.Output);
        Assert.Equal(6, figures.GetProperty("kills").GetInt32());
        Assert.True(figures.GetProperty("during_checkpoint").GetInt32() + figures.GetProperty("during_recovery").GetInt32() >= 1, drill.Output);
        Assert.True(figures.GetProperty("broker_outages").GetInt32() >= 1, drill.Output);
        Assert.True(figures.GetProperty("messages").GetInt64() > 20 && figures.GetProperty("feature_messages").GetInt64() > 100 && figures.GetProperty("experiment_messages").GetInt64() > 5 && figures.GetProperty("event_messages").GetInt64() > 100, drill.Output);
    }

    [KafkaFact]
    [Trait("Category", "Slow")]
    public void Updates_at_a_rate_become_visible_and_are_measured()
    {
        using RecServeProcess bench = RecServeProcess.Run(0, "bench", "updates", "--rate", "5000", "--seconds", "3", "--keys", "5000", "--json");

        using JsonDocument json = JsonDocument.Parse(bench.Output);
        Assert.InRange(json.RootElement.GetProperty("rows_per_s").GetDouble(), 1_000, 50_000);
        Assert.True(json.RootElement.GetProperty("staleness_p99_ms").GetDouble() > 0, bench.Output);
    }

    [KafkaFact]
    [Trait("Category", "Slow")]
    public void Updates_written_behind_to_Redis_are_all_there_at_the_end()
    {
        using RecServeProcess bench = RecServeProcess.Run(0, "bench", "updates", "--rate", "20000", "--seconds", "3", "--keys", "5000", "--redis", "--json");

        using JsonDocument json = JsonDocument.Parse(bench.Output);
        JsonElement redis = json.RootElement.GetProperty("redis");
        Assert.Equal((0, 0), (redis.GetProperty("behind").GetInt32(), redis.GetProperty("dropped").GetInt32()));
        Assert.True(redis.GetProperty("written").GetInt64() > 1_000, bench.Output);
    }

    [KafkaFact]
    [Trait("Category", "Slow")]
    public void Rankings_after_an_update_are_never_from_before_it_although_the_server_is_killed()
    {
        using RecServeProcess bench = RecServeProcess.Run(0, "bench", "read-after", "--trials", "2000", "--json");

        using JsonDocument json = JsonDocument.Parse(bench.Output);
        JsonElement figures = json.RootElement;
        Assert.Equal((0, 1), (figures.GetProperty("early").GetInt32(), figures.GetProperty("kills").GetInt32()));
        Assert.True(figures.GetProperty("trials").GetInt64() >= 2_000 && figures.GetProperty("waited").GetInt64() > 0 && figures.GetProperty("updates").GetInt64() > 100, bench.Output);
    }

    [KafkaFact]
    [Trait("Category", "Slow")]
    public void Cost_of_the_stream_for_rankings_is_measured()
    {
        using RecServeProcess bench = RecServeProcess.Run(0, "bench", "updates", "--rate", "2000", "--rank-load", "0.2", "--pairs", "2", "--seconds", "3", "--json");

        using JsonDocument json = JsonDocument.Parse(bench.Output);
        Assert.Equal(2, json.RootElement.GetProperty("ratios").GetArrayLength());
        Assert.True(json.RootElement.GetProperty("rank_p99_ratio").GetDouble() > 0 && json.RootElement.GetProperty("staleness_p99_ms").GetDouble() > 0 && json.RootElement.GetProperty("rows_per_s").GetDouble() > 100, bench.Output);
    }
}
