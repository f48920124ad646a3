using System.Buffers.Binary;

namespace RecServe.Stream;

/// <summary>
/// Refused messages in a file, for a node without a broker: each as 4 bytes of length, little endian, and the bytes of a message of recserve.quarantine. A record that a crash has cut off is
/// dropped when the file is opened; its message comes again.
/// </summary>
public sealed class FileQuarantine : IQuarantine
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly long _mostBytes;
    private bool _dirty;

    /// <summary>Opens or makes a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mostBytes">Length beyond which the file takes no more: somebody has to look at it. Default 1 GiB.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public FileQuarantine(string path, long mostBytes = 1L << 30)
    {
        _mostBytes = mostBytes;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0); // a refused write must be heard of at once
        long whole = 0;
        foreach ((long end, _) in Records(_file))
            whole = end;
        _file.SetLength(whole);
        _file.Position = whole;
    }

    /// <summary>Reads the messages of a file, the oldest first.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static IEnumerable<QuarantinedMessage> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach ((_, byte[] record) in Records(file))
        {
            if (QuarantinedMessage.FromBytes(record) is { } message)
                yield return message;
        }
    }

    /// <inheritdoc/>
    public bool TryAdd(QuarantinedMessage message)
    {
        byte[] bytes = message.ToBytes();
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        lock (_lock)
        {
            if (_file.Length + bytes.Length > _mostBytes)
                return false;
            long start = _file.Position;
            try
            {
                _file.Write(length);
                _file.Write(bytes);
                return _dirty = true;
            }
            catch (IOException)
            {
                // A full disk: half a record must not stand before the next one.
                _file.Position = start;
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        lock (_lock)
        {
            if (_dirty)
                _file.Flush(flushToDisk: true);
            _dirty = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static IEnumerable<(long End, byte[] Record)> Records(FileStream file)
    {
        byte[] head = new byte[sizeof(int)];
        while (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length <= 0 || length > file.Length - file.Position)
                yield break;
            byte[] record = new byte[length];
            file.ReadExactly(record);
            yield return (file.Position, record);
        }
    }
}
