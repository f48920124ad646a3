namespace RecServe.Embeddings.Tests;

/// <summary>Tests that make resident tables run one class at a time, so that each can check that all native memory came back.</summary>
[CollectionDefinition(Name)]
public sealed class NativeMemoryTests : ICollectionFixture<NativeMemoryTests>, IDisposable
{
    public const string Name = "native memory";

    private readonly long _before = ResidentTable.LiveNativeBytes;

    // A class-level leak would otherwise show only as a machine that runs out of memory.
    public void Dispose() => Assert.Equal(_before, ResidentTable.LiveNativeBytes);
}
