namespace RecServe.Embeddings;

/// <summary>The rows that a table is built from, wherever they lie.</summary>
internal unsafe readonly struct RowSource(ulong* keys, ulong* versions, byte* rows, nint* addresses, int rowBytes, int count)
{
    /// <summary>Rows.</summary>
    public int Count => count;

    /// <summary>Key of row i.</summary>
    public ulong Key(int i) => keys[i];

    /// <summary>Version of row i; 0 where the source has none.</summary>
    public ulong Version(int i) => versions is null ? 0 : versions[i];

    /// <summary>Address of encoded row i.</summary>
    public nint Row(int i) => addresses is null ? (nint)(rows + (long)i * rowBytes) : addresses[i];
}
