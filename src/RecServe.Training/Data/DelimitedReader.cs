using System.Text;
using System.Text.Unicode;
using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Reads comma- or otherwise separated text; with quoting by RFC 4180.</summary>
internal sealed class DelimitedReader : RecordReader
{
    private readonly DataFile _file;
    private readonly RecordBuffer _records;
    private readonly byte _delimiter;
    private readonly bool _quoting;
    private readonly (int Start, int Length)[] _cells;

    /// <param name="file">The file; owned by the reader from here on.</param>
    /// <param name="delimiter">Column separator.</param>
    /// <param name="quoting">Whether cells may be quoted.</param>
    /// <param name="columns">Column names of a file without a header line; null to read them from it.</param>
    /// <param name="maxLineBytes">Bytes a record may have.</param>
    /// <param name="bad">Where unusable records go.</param>
    /// <param name="bufferBytes">First size of the read buffer.</param>
    public DelimitedReader(DataFile file, char delimiter, bool quoting, IReadOnlyList<string>? columns, int maxLineBytes, BadLines bad, int bufferBytes = 1 << 16)
    {
        _file = file;
        _delimiter = (byte)delimiter;
        _quoting = quoting;
        Bad = bad;
        _records = new RecordBuffer(file, maxLineBytes, quoting ? _delimiter : null, bufferBytes);
        // One more than allowed, so that a header with too many columns is seen as such.
        _cells = new (int, int)[(columns?.Count ?? SchemaLimits.Columns) + 1];
        Columns = columns ?? ReadHeader();
        Array.Resize(ref _cells, Columns.Count + 1);
    }

    public override string Path => _file.Path;

    public override IReadOnlyList<string> Columns { get; }

    public override long Line => _records.Line;

    public override BadLines Bad { get; }

    public override (long Read, long Total) Bytes => (_file.BytesRead, _file.BytesTotal);

    public override ReadOnlySpan<byte> this[int column] => _records.Record.Slice(_cells[column].Start, _cells[column].Length);

    public override bool Read()
    {
        while (_records.Read())
        {
            if (Problem(Columns.Count) is not { } problem)
                return true;
            Bad.Add(Path, Line, problem);
        }

        return false;
    }

    public override void Dispose() => _file.Dispose();

    private string[] ReadHeader()
    {
        if (!_records.Read())
            throw new DataFileException($"{Path}: has no lines");
        if (Problem(-1) is { } problem)
            throw new DataFileException($"{Path}:{Line}: the header line {problem}");
        int count = Array.FindIndex(_cells, cell => cell.Start < 0);
        if (count < 0)
            throw new DataFileException($"{Path}:{Line}: the header line has more than {SchemaLimits.Columns:N0} columns");
        var names = new string[count];
        for (int i = 0; i < count; i++)
        {
            names[i] = Encoding.UTF8.GetString(this[i]);
            if (names.AsSpan(0, i).IndexOf(names[i]) is var twin and >= 0)
                throw new DataFileException($"{Path}:{Line}: column {i + 1} is named '{names[i]}' as column {twin + 1} is");
        }

        return names;
    }

    /// <summary>Finds the record's cells; returns why it cannot be used, or null. With <paramref name="expected"/> −1 any number of cells will do.</summary>
    private string? Problem(int expected)
    {
        if (_records.Problem is { } unusable)
            return unusable;
        Span<byte> record = _records.Record;
        if (!Utf8.IsValid(record))
            return "is not valid UTF-8";
        int count = 0, at = 0;
        bool quotes = _quoting && record.Contains((byte)'"');
        while (count < _cells.Length)
        {
            if (quotes && at < record.Length && record[at] == '"')
            {
                (int length, int end) = Unquote(record, at);
                _cells[count++] = (at + 1, length);
                at = end;
                if (at < record.Length && record[at] != _delimiter)
                    return $"column {Name(count - 1)}: text follows the closing quote";
            }
            else
            {
                int length = record[at..].IndexOf(_delimiter);
                length = length < 0 ? record.Length - at : length;
                _cells[count++] = (at, length);
                at += length;
            }

            if (at == record.Length)
                break;
            at++;
        }

        if (expected < 0)
        {
            if (count < _cells.Length)
                _cells[count] = (-1, 0);
            return null;
        }

        if (count == expected)
            return null;
        string more = count > expected ? $"more than {expected:N0}" : $"{count:N0}";
        string hint = count == 1 && expected > 1 ? $" (is the delimiter \"{(_delimiter == '\t' ? "\\t" : (char)_delimiter)}\" right?)" : "";
        return $"has {more} column{(count == 1 ? "" : "s")}, expected {expected:N0}{hint}";
    }

    // Moves the content of a quoted cell together ("" becomes "); returns its length and the position after the closing quote.
    private static (int Length, int End) Unquote(Span<byte> record, int open)
    {
        int to = open + 1;
        for (int from = open + 1; from < record.Length; from++)
        {
            if (record[from] == '"')
            {
                if (from + 1 >= record.Length || record[from + 1] != '"')
                    return (to - open - 1, from + 1);
                from++;
            }

            record[to++] = record[from];
        }

        return (to - open - 1, record.Length);
    }

    private string Name(int column) => Columns is not null && column < Columns.Count ? $"'{Columns[column]}'" : $"{column + 1}";
}
