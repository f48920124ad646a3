namespace RecServe.Embeddings.Tests.Store;

public sealed class ReferenceRowStoreTests : RowStoreContract
{
    protected override IRowStore Open() => new ReferenceRowStore();
}
