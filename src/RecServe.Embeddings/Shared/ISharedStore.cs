namespace RecServe.Embeddings;

/// <summary>The server that holds the shared rows. Tasks may fail or stay open for long; no method blocks or throws, except as said.</summary>
internal interface ISharedStore : IDisposable
{
    /// <summary>1 if any rows may be read together, <see cref="RowLanes.Count"/> if only rows of one lane may, 0 while that is not known for lack of a connection.</summary>
    int Lanes { get; }

    /// <summary>The values of rows of one lane, null where there is none.</summary>
    Task<byte[]?[]> Read(RowId[] ids);

    /// <summary>Writes the records of rows of one lane, except where a record as new or newer is; gives how many it wrote.</summary>
    Task<int> Write(RowId[] ids, byte[][] records, TimeSpan? keep);

    /// <summary>Asks the server of a lane for something small.</summary>
    Task Probe(int lane);

    /// <summary>For each server the rows that it holds, in any order, some perhaps twice. Walking one blocks and may throw; the others can still be walked.</summary>
    IReadOnlyList<IEnumerable<RowId>> Enumerate();

    /// <summary>Replaces the connection, in the background.</summary>
    void Reconnect();
}
