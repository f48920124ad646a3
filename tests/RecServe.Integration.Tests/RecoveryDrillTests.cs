using System.Text.Json;

namespace RecServe.Integration.Tests;

/// <summary>The short form of <c>recserve bench recovery --kills 100</c>.</summary>
public sealed class RecoveryDrillTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public void Process_killed_at_any_instant_loses_nothing_that_it_checkpointed()
    {
        using RecServeProcess drill = RecServeProcess.Run(0, "bench", "recovery", "--kills", "8", "--keys", "20000", "--seed", "3", "--json");

        using JsonDocument json = JsonDocument.Parse(drill.Output);
        JsonElement figures = json.RootElement;
        Assert.True(figures.GetProperty("passed").GetBoolean(), drill.Output);
        Assert.Equal(8, figures.GetProperty("kills").GetInt32());
        Assert.True(figures.GetProperty("during_checkpoint").GetInt32() + figures.GetProperty("during_recovery").GetInt32() >= 3, drill.Output);
        Assert.True(figures.GetProperty("batches_applied").GetInt64() > 20, drill.Output);
    }
}
