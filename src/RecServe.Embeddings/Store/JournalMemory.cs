using System.Runtime.InteropServices;

namespace RecServe.Embeddings;

/// <summary>A block that is being filled, where a write past the page cache may take it from.</summary>
internal sealed unsafe class JournalMemory : IDisposable
{
    private byte* _bytes = (byte*)NativeMemory.AlignedAlloc(JournalBlock.MaxBytes, JournalBlock.Alignment);
    private int _entries;

    /// <summary>Bytes of header and entries.</summary>
    public int Used { get; private set; } = JournalBlock.HeaderBytes;

    public void Clear() => (Used, _entries) = (JournalBlock.HeaderBytes, 0);

    public bool TryAdd(RowKey key, ReadOnlySpan<byte> record)
    {
        int bytes = JournalBlock.EntryBytes(record.Length);
        if (bytes > JournalBlock.MaxBytes - Used)
            return false;
        JournalBlock.WriteEntry(new Span<byte>(_bytes + Used, bytes), key, record);
        Used += bytes;
        _entries++;
        return true;
    }

    /// <summary>The finished block, as it stands in the file.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        var block = new Span<byte>(_bytes, JournalBlock.PaddedBytes(Used));
        JournalBlock.Complete(block, Used, _entries);
        return block;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_bytes);
        _bytes = null;
    }
}
