namespace RecServe.Training.Data;

/// <summary>Adds computed columns to a reader.</summary>
internal sealed class DerivedReader : RecordReader
{
    private readonly RecordReader _inner;
    private readonly DerivedColumn[] _derived;
    private readonly int[] _sources, _lengths;
    private readonly byte[][] _values;
    private readonly int[] _origins;

    /// <exception cref="DataFileException">The file lacks a column that another is computed from.</exception>
    public DerivedReader(RecordReader inner, params DerivedColumn[] derived)
    {
        _inner = inner;
        _derived = derived;
        _sources = [.. derived.Select(column => inner.IndexOf(column.Source))];
        int missing = Array.IndexOf(_sources, -1);
        if (missing >= 0)
            throw new DataFileException(MissingColumn.Message(inner, derived[missing].Source));
        _lengths = new int[derived.Length];
        _values = [.. derived.Select(_ => new byte[64])];
        string[] kept = [.. inner.Columns.Where(column => !derived.Any(hiding => hiding.Name == column))];
        Columns = [.. kept, .. derived.Select(column => column.Name)];
        // Columns from the file by their index in it; computed ones as the complement of theirs.
        _origins = [.. kept.Select(inner.IndexOf), .. Enumerable.Range(0, derived.Length).Select(i => ~i)];
    }

    public override string Path => _inner.Path;

    public override IReadOnlyList<string> Columns { get; }

    public override long Line => _inner.Line;

    public override BadLines Bad => _inner.Bad;

    public override (long Read, long Total) Bytes => _inner.Bytes;

    public override ReadOnlySpan<byte> this[int column] => _origins[column] is var origin && origin >= 0
        ? _inner[origin]
        : _values[~origin].AsSpan(0, _lengths[~origin]);

    public override bool Read()
    {
        while (_inner.Read())
        {
            if (Problem() is not { } problem)
                return true;
            Bad.Add(Path, Line, problem);
        }

        return false;
    }

    public override void Dispose() => _inner.Dispose();

    private string? Problem()
    {
        for (int i = 0; i < _derived.Length; i++)
        {
            ReadOnlySpan<byte> cell = _inner[_sources[i]];
            if (_values[i].Length < cell.Length + 32)
                _values[i] = new byte[cell.Length * 2 + 64];
            _lengths[i] = _derived[i].Compute(cell, _values[i]);
            if (_lengths[i] < 0)
                return $"column '{_derived[i].Source}': {BadLines.Show(cell)} {_derived[i].Expected}";
        }

        return null;
    }
}
