namespace RecServe.Embeddings.Tests;

/// <summary>The contract with one real server.</summary>
public sealed class SingleServerContractTests : SharedRowsContract, IDisposable
{
    private readonly RedisServer? _server = RedisServer.Program is null ? null : new RedisServer();

    public void Dispose() => _server?.Dispose();

    internal override SharedRows Open(SharedRowsOptions options) =>
        new(SharedSample.Options(_server!.ConnectionString, options.Timeout, options.RememberFor));

    internal override void PutForeign(TableId table, ulong key, byte[] value) =>
        _server!.Command("SET", System.Text.Encoding.ASCII.GetString(new RowKeys("recserve").Name(new RowId(table, key))), System.Text.Encoding.Latin1.GetString(value));
}
