namespace RecServe.Kernels.Tests;

public class KernelSelectionTests
{
    [Fact]
    public void Available_always_ends_with_scalar() => Assert.Equal("scalar", KernelSelection.Available[^1].Name);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Choose_no_name_is_the_preferred_kernel(string? name) => Assert.Same(KernelSelection.Available[0], KernelSelection.Choose(name));

    [Fact]
    public void Choose_each_name_is_that_kernel()
    {
        foreach (string name in Kernels.Names)
            Assert.Equal(name, KernelSelection.Choose(name).Name);
    }

    [Fact]
    public void Choose_unknown_name_throws_the_names_there_are()
    {
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => KernelSelection.Choose("mmx"));
        Assert.StartsWith("RECSERVE_KERNEL is 'mmx'; this machine can run ", error.Message);
        Assert.EndsWith("scalar", error.Message);
    }
}
