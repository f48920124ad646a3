using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Examples;

/// <summary>
/// Writes training examples with the features of events as they were just before each (<c>recserve export examples</c>): the file's own columns, the labels where the file has
/// events, and one column for each field of the schema with <c>from</c>. Equal inputs give equal bytes.
/// </summary>
public static class ExampleExport
{
    /// <summary>Runs an export.</summary>
    /// <exception cref="DataFileException">The files cannot be used; nothing is written then.</exception>
    /// <exception cref="SchemaException">The schema cannot be used.</exception>
    /// <exception cref="IOException">The output exists or cannot be written.</exception>
    public static ExampleReport Run(ExampleOptions options, CancellationToken cancellation)
    {
        if (options.Format is not (DataFormat.Csv or DataFormat.Tsv or DataFormat.MovieLens))
            throw new DataFileException($"format {DataFormats.NameOf(options.Format)} has no users and items with times; expected csv, tsv or movielens");
        if (Path.Exists(options.Output))
            throw new IOException($"{options.Output}: exists already; remove it or name another file");
        var bad = new BadLines(options.MaxBadLines);
        var format = new FormatReader(options.Format, options.MaxLineBytes, bad, null);
        DataSchema schema = format.Completed(SchemaSource.Load(options.SchemaPath));
        IReadOnlyList<FieldSchema> fields = ModelOrder.Of(schema);
        FieldSchema[] derived = [.. fields.Where(field => field.From is not null)];
        if (!schema.Header)
            throw new DataFileException($"{options.SchemaPath}: format.header is false; the columns that are added need a header line to be named in");

        // 1 items file  2 events in the order of the file  3 which of them are examples, with which labels
        var log = new SampleLog(fields);
        ItemTable? items = TrainingDataReader.ReadItems(options.Events, schema, format, log, cancellation);
        var state = new EventFeatures(derived.Select(field => field.From!), options.MaxEntities);
        var ids = new IdIndex();
        EventFile file;
        ItemCategories categories;
        using (DelimitedReader reader = format.Lines(options.Events, schema))
        {
            file = new EventFile(reader, schema, options.LatenessMs);
            if (derived.Length == 0 && file.IsSamples)
                throw new DataFileException($"{options.SchemaPath}: no field has 'from' and the file has its labels, so that there is nothing to compute");
            categories = new ItemCategories(state.Categories, schema, fields, items, reader);
            int item = reader.IndexOf(schema.Item!);
            bool hasLists = derived.Any(field => field.From!.IsList);
            file.ReadAll(hash =>
            {
                if (hasLists)
                    ids.NumberOf(reader[item]);
                return categories.Take(hash, reader[item]);
            }, cancellation);
        }

        bad.Check();
        long badLines = bad.Count;
        InteractionType?[] labels = LabelTypes.Of(schema);
        if (!file.IsSamples && Array.IndexOf(labels, null) is var unnamed and >= 0)
            throw new DataFileException($"{options.SchemaPath}: tasks[{unnamed}] is named after no type of event, one of {string.Join(", ", InteractionNames.All)}, so that events do not say what its label is");
        FeedbackJoin? join = file.IsSamples ? null : new FeedbackJoin(file.Lines, labels, options.JoinMs);
        IReadOnlyList<Example> examples = join?.Examples
            ?? [.. file.Lines.Select(line => new Example(line.Line, new EventSubject(line.Event.User, line.Event.Item, 0), line.Event.Time, line.Labels))];

        // 4 features at each example's time  5 the file once more, with them
        var features = new ExampleFeatures(derived, examples, Events(file, labels), categories, state);
        var writing = new ExampleLines(schema, derived, file.IsSamples, features, ids);
        using (DelimitedReader reader = new FormatReader(options.Format, options.MaxLineBytes, new BadLines(int.MaxValue), null).Lines(options.Events, schema))
            writing.Write(reader, examples, options.Output, cancellation);
        return new ExampleReport
        {
            Lines = file.Usable,
            Examples = examples.Count,
            Positives = examples.Count(example => (example.Labels & 1) != 0),
            Duplicates = file.Of(EventVerdict.Duplicate),
            Late = file.Of(EventVerdict.Late),
            Ahead = file.Of(EventVerdict.Ahead),
            Unjoined = join?.Unjoined ?? 0,
            Open = join?.Open ?? 0,
            BadLines = badLines,
        };
    }

    // A sample is an impression, and what its labels say.
    private static IEnumerable<InteractionEvent> Events(EventFile file, InteractionType?[] labels)
    {
        foreach (EventLine line in file.Lines)
        {
            yield return line.Event;
            for (int label = 0; label < labels.Length; label++)
            {
                if ((line.Labels >> label & 1) != 0 && labels[label] is { } type)
                    yield return line.Event with { Type = type };
            }
        }
    }
}
