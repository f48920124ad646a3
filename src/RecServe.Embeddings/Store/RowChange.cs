using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// One update on its way into the log. What it points at lies in the writer's own memory until every update of the batch is complete, so FASTER may keep a copy of
/// this while it waits for the disk.
/// </summary>
internal unsafe struct RowChange
{
    /// <summary>Place in the batch.</summary>
    public int Index;

    public ulong Version;

    public ChangeKind Kind;

    /// <summary>Of the encoded bytes; where floats are given, the one for new rows.</summary>
    public RowPrecision Precision;

    /// <summary>Floats of a row.</summary>
    public int Width;

    /// <summary>The floats or the encoded bytes.</summary>
    public byte* Payload;

    public int PayloadBytes;

    public RowOrigin? Origin;

    /// <summary>Bytes of the record that this becomes, in the precision of the row that it replaces.</summary>
    public readonly int RecordBytes(RowPrecision precision) => StoredRecord.Bytes(Kind switch
    {
        ChangeKind.Deletion => 0,
        ChangeKind.Encoded => PayloadBytes,
        _ => RowCodec.RowBytes(precision, Width),
    }, Origin.HasValue);
}

/// <summary>What a change brings.</summary>
internal enum ChangeKind : byte
{
    Floats,
    Encoded,
    Deletion,
}
