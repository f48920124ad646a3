using RecServe.Artifacts;

namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public sealed class LoadingTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 16)]
    [InlineData(700, 7)]
    [InlineData(20_000, 33)]
    [InlineData(450_000, 8)]
    public void Memory_that_is_stated_before_a_load_is_enough_and_not_much_too_much(int rows, int width)
    {
        PackageTable package = SampleTable.Of(SampleTable.Keys("random", rows), width, unknown: false);
        long stated = TableMemory.Resident(package);
        using IHotRows hot = PackageHotRows.Complete(package);
        Assert.InRange(hot.Measure().Total, 1, stated);
        Assert.True(stated <= (hot.Measure().Total * 1.1) + 8192, $"stated {stated:N0}, taken {hot.Measure().Total:N0}");
    }

    [Fact]
    public void Share_holds_small_tables_whole_and_divides_the_rest_by_need()
    {
        Assert.Equal([10_000, 20_000, 30_000], HotBudget.Share([10_000, 20_000, 30_000], 1_000_000));
        Assert.Equal([180_000, 20_000, 800_000], HotBudget.Share([180_000, 20_000, 1_000_000], 1_000_000));
        Assert.Equal([300_000, 600_000, 100_000], HotBudget.Share([1_000_000, 2_000_000, 100_000], 1_000_000));
        Assert.Equal([CachedTableOptions.LeastBudget], HotBudget.Share([1_000_000], 1));
    }
}
