using System.Buffers.Text;
using System.Globalization;
using System.Text.Unicode;
using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>
/// Reads lines of <c>label index:value index:value …</c> as columns <c>label</c>, <c>f1</c> (the index at position 1), <c>f1_value</c> (its
/// value), <c>f2</c> … Every line has as many pairs as the first. Labels −1 and +1 read as 0 and 1.
/// </summary>
internal sealed class LibSvmReader : RecordReader
{
    private readonly DataFile _file;
    private readonly RecordBuffer _records;
    private readonly (int Start, int Length)[] _cells;
    private readonly bool[] _valueRead;
    private bool _first = true;

    /// <param name="file">The file; owned by the reader from here on.</param>
    /// <param name="fields">The schema's fields: a value other than 1 needs a field that reads it. Null to allow every value.</param>
    /// <param name="maxLineBytes">Bytes a line may have.</param>
    /// <param name="bad">Where unusable lines go.</param>
    /// <exception cref="DataFileException">The file is empty, or its first line is not of the format.</exception>
    public LibSvmReader(DataFile file, IReadOnlyList<FieldSchema>? fields, int maxLineBytes, BadLines bad)
    {
        _file = file;
        Bad = bad;
        _records = new RecordBuffer(file, maxLineBytes, null);
        if (!_records.Read())
            throw new DataFileException($"{Path}: has no lines");
        int pairs = _records.Problem is null ? _records.Record.Count((byte)':') : 0;
        if (pairs is 0 or > SchemaLimits.Fields)
            throw new DataFileException($"{Path}:{Line}: expected a label and 1 to {SchemaLimits.Fields:N0} pairs index:value, found {BadLines.Show(_records.Record)}");
        Columns = ["label", .. Enumerable.Range(1, pairs).SelectMany(i => (string[])[$"f{i}", $"f{i}_value"])];
        _cells = new (int, int)[Columns.Count];
        _valueRead = [.. Columns.Select(column => fields is null || fields.Any(field => field.Name == column))];
    }

    public override string Path => _file.Path;

    public override IReadOnlyList<string> Columns { get; }

    public override long Line => _records.Line;

    public override BadLines Bad { get; }

    public override (long Read, long Total) Bytes => (_file.BytesRead, _file.BytesTotal);

    public override ReadOnlySpan<byte> this[int column]
    {
        get
        {
            ReadOnlySpan<byte> cell = _records.Record.Slice(_cells[column].Start, _cells[column].Length);
            return column > 0 ? cell : cell is [(byte)'-', (byte)'1'] ? "0"u8 : cell is [(byte)'+', (byte)'1'] ? "1"u8 : cell;
        }
    }

    public override bool Read()
    {
        while (_first || _records.Read())
        {
            _first = false;
            if (Problem() is not { } problem)
                return true;
            Bad.Add(Path, Line, problem);
        }

        return false;
    }

    public override void Dispose() => _file.Dispose();

    private string? Problem()
    {
        if (_records.Problem is { } unusable)
            return unusable;
        ReadOnlySpan<byte> record = _records.Record;
        if (!Utf8.IsValid(record))
            return "is not valid UTF-8";
        int cell = 0;
        foreach (Range range in record.SplitAny(" \t"u8))
        {
            (int start, int length) = range.GetOffsetAndLength(record.Length);
            if (length == 0)
                continue;
            if (cell == _cells.Length)
                return $"has more than {_cells.Length / 2} pairs, the first line has {_cells.Length / 2}";
            if (cell == 0)
            {
                _cells[cell++] = (start, length);
                continue;
            }

            int colon = record.Slice(start, length).IndexOf((byte)':');
            if (colon <= 0 || colon == length - 1)
                return $"{BadLines.Show(record.Slice(start, length))} is no pair index:value";
            ReadOnlySpan<byte> value = record.Slice(start + colon + 1, length - colon - 1);
            if (!_valueRead[cell + 1] && !IsOne(value))
                return $"{BadLines.Show(record.Slice(start, length))} has a value other than 1; no field '{Columns[cell + 1]}' of the schema reads it";
            _cells[cell++] = (start, colon);
            _cells[cell++] = (start + colon + 1, length - colon - 1);
        }

        return cell == _cells.Length
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"has {cell / 2} pairs, the first line has {_cells.Length / 2}");
    }

    private static bool IsOne(ReadOnlySpan<byte> value) =>
        value is [(byte)'1'] || (Utf8Parser.TryParse(value, out double number, out int used) && used == value.Length && number == 1);
}
