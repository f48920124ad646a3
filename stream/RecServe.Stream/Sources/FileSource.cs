namespace RecServe.Stream;

/// <summary>
/// A file of messages: JSON, one object a line, or protobuf, each message behind its length as a varint (what every protobuf library writes as "delimited"). Its one
/// partition's offsets are the numbers of the messages from 0.
/// </summary>
public sealed class FileSource : IUpdateSource
{
    private readonly FileStream _file;
    private readonly bool _isJson;
    private readonly int _longest;
    private long _next;
    private bool _isBegun;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path; the name is what checkpoints keep the offset under.</param>
    /// <param name="longest">Bytes of a message at most.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public FileSource(string path, int longest)
    {
        Name = $"file:{Path.GetFileName(path)}";
        Topic = Path.GetFileName(path);
        _longest = longest;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        int first = _file.ReadByte(), second = _file.ReadByte();

        // A delimited message of 123 bytes begins with { too, but then with the tag of its first field, a line feed; no line of JSON does.
        _isJson = first == '{' && second != '\n';
        _file.Position = 0;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Topic { get; }

    /// <inheritdoc/>
    public string? Trouble => null;

    /// <inheritdoc/>
    public bool HasLooked => true;

    /// <inheritdoc/>
    public bool IsEnded { get; private set; }

    /// <summary>The one partition; its end is what was read so far, as nobody has counted further.</summary>
    public IReadOnlyList<SourcePartition> Partitions => [new SourcePartition(0, 0, IsEnded ? _next : long.MaxValue)];

    /// <inheritdoc/>
    public void Begin(int partition, long offset)
    {
        (_file.Position, _next, IsEnded, _isBegun) = (0, 0, false, true);
        while (_next < offset && Next() is not null)
            _next++;
    }

    /// <inheritdoc/>
    public void Pause(int partition) => _isBegun = false;

    /// <inheritdoc/>
    public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait)
    {
        while (_isBegun && !IsEnded && messages.Count < most && mostBytes > 0)
        {
            if (Next() is not byte[] value)
            {
                IsEnded = true;
                return;
            }

            messages.Add(new UpdateMessage(0, _next++, 0, default, value));
            mostBytes -= value.Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private byte[]? Next() => _isJson ? NextLine() : NextDelimited();

    private byte[]? NextLine()
    {
        var line = new MemoryStream();
        int read;
        while ((read = _file.ReadByte()) >= 0 && (read != '\n' || line.Length == 0))
        {
            // One byte more than the limit is enough for the line to be refused as too large.
            if (line.Length <= _longest && read is not ('\n' or '\r'))
                line.WriteByte((byte)read);
        }

        return line.Length == 0 ? null : line.ToArray();
    }

    private byte[]? NextDelimited()
    {
        long length = 0;
        int read, shift = 0;
        do
        {
            read = _file.ReadByte();
            if (read < 0)
                return null;
            length |= (long)(read & 0x7F) << shift;
            shift += 7;
        }
        while (read >= 0x80 && shift < 35);

        // What follows a length that cannot be is no message either: the rest of the file is one message that is refused.
        long left = _file.Length - _file.Position;
        byte[] value = new byte[Math.Min(Math.Min(length, left), _longest + 1L)];
        _file.ReadExactly(value);
        _file.Position += Math.Min(length, left) - value.Length;
        return value;
    }
}
