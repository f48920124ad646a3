using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Reads a file of samples into a <see cref="SampleLog"/>. A line is taken whole or not at all.</summary>
internal sealed class SampleReader
{
    private const int RowsBetweenReports = 1 << 14;

    private readonly RecordReader _reader;
    private readonly DataSchema _schema;
    private readonly ItemTable? _items;
    private readonly SampleLog _log;
    private readonly FieldCell?[] _cells;
    private readonly LabelCell[] _labels;
    private readonly float[] _read;
    private readonly int _weight, _user, _item, _time;

    /// <exception cref="DataFileException">The file lacks a column that the schema names.</exception>
    public SampleReader(RecordReader reader, DataSchema schema, ItemTable? items, SampleLog log)
    {
        (_reader, _schema, _items, _log) = (reader, schema, items, log);
        _labels = schema.Tasks.Count == 0
            ? [new LabelCell(schema.LabelColumn, Require(schema.LabelColumn, "label.column"), schema.LabelAtLeast, "label.at_least", MayBeEmpty: false)]
            : [.. schema.Tasks.Select((task, t) => new LabelCell(task.Column, Require(task.Column, $"tasks[{t}].column"), task.AtLeast, $"tasks[{t}].at_least", MayBeEmpty: t > 0))];
        _read = new float[_labels.Length];
        for (int task = log.FurtherLabels.Count + 1; task < _labels.Length; task++)
            log.FurtherLabels.Add([]);
        _weight = schema.Weight is null ? -1 : Require(schema.Weight, "weight");
        _user = schema.User is null ? -1 : Require(schema.User, "user");
        _item = schema.Item is null ? -1 : Require(schema.Item, "item");
        _time = schema.Time is null ? -1 : Require(schema.Time, "time");
        _cells = new FieldCell?[log.Fields.Count];
        for (int field = 0; field < _cells.Length; field++)
        {
            string name = log.Fields[field].Name;
            if (items?[field] is null)
                _cells[field] = new FieldCell(log.Fields[field], Require(name, $"fields[{schema.Fields.ToList().FindIndex(one => one.Name == name)}]", log.Fields[field].From));
        }
    }

    /// <summary>Reads to the end of the file.</summary>
    public void ReadAll(IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        int rows = 0;
        while (_reader.Read())
        {
            if (Take() is { } problem)
                _reader.Bad.Add(_reader.Path, _reader.Line, problem);
            if (++rows % RowsBetweenReports == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                Report(progress);
            }
        }

        Report(progress);
    }

    private void Report(IProgress<ReadProgress>? progress) =>
        progress?.Report(new ReadProgress(_reader.Path, _reader.Bytes.Read, _reader.Bytes.Total, _log.Count));

    private int Require(string column, string member, DerivedFeature? from = null)
    {
        int index = _reader.IndexOf(column);
        if (index >= 0)
            return index;
        if (from is not null)
            throw new DataFileException($"{_reader.Path}: lacks column '{column}' ({member} of the schema), which is {from}; `recserve export examples` computes it");
        string alsoNot = _items is not null && member.StartsWith("fields", StringComparison.Ordinal) ? $"; {_items.Path} lacks it too" : "";
        throw new DataFileException(
            MissingColumn.WrongDelimiter(_reader, _schema.Delimiter) ?? MissingColumn.Message(_reader, column, $" ({member} of the schema)") + alsoNot);
    }

    private string? Take()
    {
        float weight = 1;
        long time = 0;
        for (int task = 0; task < _labels.Length; task++)
        {
            if (_labels[task].Read(_reader, out _read[task]) is { } badLabel)
                return badLabel;
        }

        if (_weight >= 0 && !(LabelCell.Number(_reader[_weight], out double read) && (weight = (float)read) is >= 0 and < float.PositiveInfinity))
            return $"column '{_schema.Weight}': {BadLines.Show(_reader[_weight])} is no weight: expected a number of at least 0";
        if (_time >= 0 && !TimeCell.TryParse(_reader[_time], out time))
            return $"column '{_schema.Time}': {BadLines.Show(_reader[_time])} {TimeCell.Expected}";
        foreach (FieldCell? cell in _cells)
        {
            if (cell?.Encode(_reader) is { } problem)
                return problem;
        }

        Keep(weight, time);
        return null;
    }

    private void Keep(float weight, long time)
    {
        if (_log.Count == Array.MaxLength)
            throw new DataFileException($"{_reader.Path}:{_reader.Line}: more than {Array.MaxLength:N0} samples");
        _log.Labels.Add(_read[0]);
        for (int task = 1; task < _read.Length; task++)
            _log.FurtherLabels[task - 1].Add(_read[task]);
        if (_weight >= 0)
            _log.Weights.Add(weight);
        if (_time >= 0)
            _log.Times.Add(time);
        if (_user >= 0)
            _log.Users.Add(_log.UserIds.NumberOf(_reader[_user]));
        if (_item >= 0)
            _log.Items.Add(_reader[_item].IsEmpty ? -1 : _log.ItemIds.NumberOf(_reader[_item]));
        int row = _items is null ? -1 : _items.Find(_reader[_item]);
        for (int field = 0; field < _cells.Length; field++)
        {
            if (_cells[field] is { } cell)
                _log.Columns[field].Append(cell.Encoded);
            else if (row >= 0)
                _log.Columns[field].Append(_items![field]!, row);
            else
                _log.Columns[field].AppendMissing();
        }
    }
}
