namespace RecServe.Embeddings.Tests.Store;

public sealed class RowStoreTests : RowStoreContract
{
    private readonly TemporaryStore _directory = new();

    protected override IRowStore Open() => _directory.Open();

    public override void Dispose()
    {
        base.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }
}
