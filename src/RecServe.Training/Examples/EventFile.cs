using System.Text;
using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Examples;

/// <summary>
/// Reads a file of events, or of samples: one with the label's column. A line of samples is an impression, and an event of the label's type at the same moment where the
/// label is 1. What is a duplicate, late or ahead is left out by the rule that servers have.
/// </summary>
internal sealed class EventFile
{
    private static readonly AdmissionOptions Unbounded = new() { LatenessMs = EventLimits.LatestTime + 1, Remembered = int.MaxValue };

    private readonly RecordReader _reader;
    private readonly DataSchema _schema;
    private readonly EventAdmission _admission;
    private readonly LabelCell[] _labels;
    private readonly int _user, _item, _time, _type, _id, _ranking, _received;
    private readonly long[] _verdicts = new long[Enum.GetValues<EventVerdict>().Length];

    /// <exception cref="DataFileException">The file lacks a column.</exception>
    public EventFile(RecordReader reader, DataSchema schema, long? latenessMs)
    {
        (_reader, _schema) = (reader, schema);
        _admission = new EventAdmission(latenessMs is { } lateness ? new AdmissionOptions { LatenessMs = lateness } : Unbounded);
        _user = Require(schema.User, "user");
        _item = Require(schema.Item, "item");
        _time = Require(schema.Time, "time");
        _labels = reader.IndexOf(schema.LabelColumn) < 0 ? [] : [.. Labels(schema)];
        IsSamples = _labels.Length > 0;
        _type = IsSamples ? -1 : RequireType();
        (_id, _ranking, _received) = (reader.IndexOf("event_id"), reader.IndexOf("ranking_id"), reader.IndexOf("received"));
        if (!IsSamples && (schema.LabelAtLeast ?? schema.Tasks.Max(task => task.AtLeast)) is not null)
            throw new DataFileException($"{reader.Path}: has no column '{schema.LabelColumn}', so that labels are 0 and 1 by what happened: the schema's at_least has no meaning");
    }

    /// <summary>Whether each line is a sample with its label; else each is an event.</summary>
    public bool IsSamples { get; }

    /// <summary>The lines that are counted, in the file's order.</summary>
    public List<EventLine> Lines { get; } = [];

    /// <summary>Records of the file so far, those that cannot be used included.</summary>
    public int Count { get; private set; }

    /// <summary>Lines that could be used.</summary>
    public long Usable => _verdicts.Sum();

    /// <summary>Lines with a verdict.</summary>
    public long Of(EventVerdict verdict) => _verdicts[(int)verdict];

    /// <summary>Reads to the end of the file.</summary>
    /// <param name="each">Called for each usable line with the item's hash, while the reader stands on it; gives a complaint or null.</param>
    /// <param name="cancellation">Ends it early.</param>
    public void ReadAll(Func<ulong, string?> each, CancellationToken cancellation)
    {
        while (_reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (Take(each) is { } problem)
                _reader.Bad.Add(_reader.Path, _reader.Line, problem);
            Count++;
        }
    }

    private string? Take(Func<ulong, string?> each)
    {
        if (!TimeCell.TryParse(_reader[_time], out long time))
            return $"column '{_schema.Time}': {BadLines.Show(_reader[_time])} {TimeCell.Expected}";
        if (time is < 0 or > EventLimits.LatestTime)
            return $"column '{_schema.Time}': {BadLines.Show(_reader[_time])} is not from 1970 to 2200";
        long received = 0;
        if (_received >= 0 && !_reader[_received].IsEmpty && !TimeCell.TryParse(_reader[_received], out received))
            return $"column 'received': {BadLines.Show(_reader[_received])} {TimeCell.Expected}";
        InteractionType type = InteractionType.Impression;
        if (_type >= 0 && !InteractionNames.TryParse(Encoding.UTF8.GetString(_reader[_type]), plural: false, out type))
            return $"column 'type': {BadLines.Show(_reader[_type])} is none of {string.Join(", ", InteractionNames.All)}";
        uint labels = 0;
        for (int label = 0; label < _labels.Length; label++)
        {
            if (_labels[label].Read(_reader, out float value) is { } badLabel)
                return badLabel;
            labels |= value == 1 ? 1u << label : 0;
        }

        ulong item = HashOf(_reader[_item]);
        if (each(item) is { } problem)
            return problem;

        // Without ids every line is an event of its own.
        UInt128 id = _id < 0 || _reader[_id].IsEmpty ? new UInt128(0, (ulong)Count + 1) : EventKey.Of(_reader[_id]);
        EventVerdict verdict = _admission.Judge(id, time, received);
        _verdicts[(int)verdict]++;
        ulong ranking = _ranking < 0 || _reader[_ranking].IsEmpty ? 0 : RowKey.Of(_reader[_ranking]);
        if (verdict == EventVerdict.Accepted)
            Lines.Add(new EventLine(Count, new InteractionEvent(id, HashOf(_reader[_user]), item, type, time), ranking, labels));
        return null;
    }

    private static ulong HashOf(ReadOnlySpan<byte> id) => id.IsEmpty ? 0 : RowKey.Hash64(id);

    private int Require(string? column, string role)
    {
        if (column is null)
            throw new DataFileException($"{_reader.Path}: features of events need '{role}' in the schema, the column of the {(role == "time" ? "event's time" : role + "'s id")}");
        int index = _reader.IndexOf(column);
        return index >= 0 ? index : throw new DataFileException(MissingColumn.WrongDelimiter(_reader, _schema.Delimiter) ?? MissingColumn.Message(_reader, column, $" ({role} of the schema)"));
    }

    private int RequireType()
    {
        int index = _reader.IndexOf("type");
        return index >= 0 ? index
            : throw new DataFileException($"{_reader.Path}: has neither the label's column '{_schema.LabelColumn}', which makes each line a sample, nor 'type', which says what kind of event a line is");
    }

    private IEnumerable<LabelCell> Labels(DataSchema schema)
    {
        if (schema.Tasks.Count == 0)
        {
            yield return new LabelCell(schema.LabelColumn, Require(schema.LabelColumn, "label.column"), schema.LabelAtLeast, "label.at_least", MayBeEmpty: false);
            yield break;
        }

        for (int task = 0; task < schema.Tasks.Count; task++)
        {
            TaskSchema one = schema.Tasks[task];
            yield return new LabelCell(one.Column, Require(one.Column, $"tasks[{task}].column"), one.AtLeast, $"tasks[{task}].at_least", MayBeEmpty: task > 0);
        }
    }
}
