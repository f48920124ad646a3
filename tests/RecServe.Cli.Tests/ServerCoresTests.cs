using RecServe.Cli.Bench;

namespace RecServe.Cli.Tests;

public sealed class ServerCoresTests
{
    [Theory]
    [InlineData("Cpus_allowed_list:\t0-3", new[] { 0, 1, 2, 3 })]
    [InlineData("Cpus_allowed_list:\t2", new[] { 2 })]
    [InlineData("Cpus_allowed_list:\t0-1,8,10-11", new[] { 0, 1, 8, 10, 11 })]
    [InlineData("Cpus_allowed:\tff", new int[0])]
    public void Allowed_reads_ranges(string line, int[] cores) => Assert.Equal(cores, ServerCores.Allowed(["Name:\tdotnet", line]));

    [Fact]
    public void TakeFirst_leaves_one_core_to_the_rest() =>
        Assert.Contains("--server-cores is 5000", Assert.Throws<UsageException>(() => ServerCores.TakeFirst(5000)).Message, StringComparison.Ordinal);
}
