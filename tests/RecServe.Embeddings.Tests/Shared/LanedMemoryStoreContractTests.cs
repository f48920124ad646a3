namespace RecServe.Embeddings.Tests;

public sealed class LanedMemoryStoreContractTests : MemoryStoreContractTests
{
    internal override int Lanes => RowLanes.Count;
}
