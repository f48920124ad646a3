namespace RecServe.Training.Data;

/// <summary>
/// Cuts a file into records: lines, or with quoting lines whose quoted cells may contain line breaks. Holds one record at a time;
/// memory is bounded by the longest one allowed.
/// </summary>
/// <param name="file">The file; owned by the caller.</param>
/// <param name="limit">Bytes a record may have.</param>
/// <param name="delimiter">Column separator for RFC 4180 quoting; null where quotes mean nothing.</param>
/// <param name="capacity">First size of the buffer.</param>
internal sealed class RecordBuffer(DataFile file, int limit, byte? delimiter, int capacity = 1 << 16)
{
    private byte[] _bytes = new byte[capacity];
    private int _start, _next, _end, _length;
    private long _linesOfLast = 1;
    private bool _atEnd, _begun;

    /// <summary>The record without its line break. The caller may write into it.</summary>
    public Span<byte> Record => _bytes.AsSpan(_start, _length);

    /// <summary>Line of the record's first byte, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Why the record cannot be used (too long, a quote left open), or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Moves to the next record that is not a blank line; false at the end.</summary>
    public bool Read()
    {
        do
        {
            Line += _linesOfLast;
            if (!Advance())
                return false;
        }
        while (_length == 0 && Problem is null);
        return true;
    }

    private bool Advance()
    {
        _start = _next;
        Problem = null;
        int scanned = 0, firstBreak = -1;
        bool quoted = false, cellStart = true;
        while (true)
        {
            int at = _bytes.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (at < 0 && !_atEnd && _end - _start <= limit)
            {
                Fill();
                continue;
            }

            if (at < 0 && !_atEnd && firstBreak < 0)
                return SkipLongLine();
            if (at < 0 && _end == _start)
                return false;

            int length = at < 0 ? _end - _start : scanned + at;
            if (delimiter is { } separator)
                quoted = Scan(_bytes.AsSpan(_start + scanned, length - scanned), separator, quoted, ref cellStart);
            if (firstBreak < 0)
                firstBreak = length;
            if (quoted && at >= 0 && length <= limit)
            {
                scanned = length + 1;
                continue;
            }

            if (quoted)
            {
                // Only the line where the quote opens is given up, not the good lines after it.
                Problem = at < 0 && _atEnd ? "a quoted cell is not closed" : $"a quoted cell is not closed within {limit:N0} bytes";
                length = firstBreak;
            }
            else if (length > limit)
            {
                if (at < 0 && !_atEnd)
                    return SkipLongLine();
                Problem = $"is longer than {limit:N0} bytes";
            }

            Take(length);
            return true;
        }
    }

    private void Take(int length)
    {
        _next = Math.Min(_start + length + 1, _end);
        _linesOfLast = 1 + _bytes.AsSpan(_start, length).Count((byte)'\n');
        _length = length > 0 && _bytes[_start + length - 1] == '\r' ? length - 1 : length;
    }

    private bool SkipLongLine()
    {
        Problem = $"is longer than {limit:N0} bytes";
        _length = 0;
        _linesOfLast = 1;
        while (true)
        {
            int at = _bytes.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (at >= 0 || _atEnd)
            {
                _next = at >= 0 ? _start + at + 1 : _end;
                return true;
            }

            _start = _end;
            Fill();
        }
    }

    // Whether a quoted cell is still open at the end of a line. A quote opens a cell only as its first byte; "" inside is one quote.
    private static bool Scan(ReadOnlySpan<byte> line, byte separator, bool quoted, ref bool cellStart)
    {
        if (!quoted && !line.Contains((byte)'"'))
        {
            cellStart = true;
            return false;
        }

        for (int i = 0; i < line.Length; i++)
        {
            byte b = line[i];
            if (quoted)
            {
                if (b != '"')
                    continue;
                if (i + 1 < line.Length && line[i + 1] == '"')
                    i++;
                else
                    quoted = false;
                cellStart = false;
            }
            else
            {
                quoted = b == '"' && cellStart;
                cellStart = b == separator;
            }
        }

        if (!quoted)
            cellStart = true;
        return quoted;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }

        if (_end == _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Min(_bytes.Length * 2L, Array.MaxLength));
        int read = file.Read(_bytes.AsSpan(_end));
        _atEnd = read == 0;
        _end += read;
        if (!_begun && (_end >= 3 || _atEnd))
        {
            // A byte order mark is not part of the first column's name.
            _begun = true;
            if (_bytes.AsSpan(0, _end) is [0xEF, 0xBB, 0xBF, ..])
                _start = 3;
        }
    }
}
