using System.Collections.Concurrent;

namespace RecServe.Embeddings.Tests;

/// <summary>The contract with the twin, as one server and as a cluster of lanes.</summary>
public class MemoryStoreContractTests : SharedRowsContract
{
    private readonly ConcurrentDictionary<RowId, byte[]> _values = new();

    internal virtual int Lanes => 1;

    internal override SharedRows Open(SharedRowsOptions options) => new(options, new MemoryStore(_values, Lanes), TimeProvider.System);

    internal override void PutForeign(TableId table, ulong key, byte[] value) => _values[new RowId(table, key)] = value;
}
