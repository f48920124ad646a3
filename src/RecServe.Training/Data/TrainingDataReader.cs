using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>
/// Reads training data. Each file's text is read once, as a stream; what stays in memory is 4 bytes a sample and field. Which values get
/// rows is decided when the training samples are known, and then numbers of keys are exchanged for rows.
/// </summary>
public static class TrainingDataReader
{
    private static readonly DataSplit MovieLensSplit = new(DataSplitKind.PerUserTime, 80, 10, 10);

    /// <summary>Reads everything a trainer needs.</summary>
    /// <exception cref="DataFileException">A file or a combination of options cannot be used; nothing was written anywhere.</exception>
    /// <exception cref="SchemaException">The schema file cannot be used.</exception>
    public static TrainingData Read(DataSource source, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        if (source.Problem() is { } usage)
            throw new DataFileException(usage);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bad = new BadLines(source.MaxBadLines);
        var format = new FormatReader(source.Format, source.MaxLineBytes, bad, hash);
        DataSchema schema = Schema(source, format);
        DataSplit? split = source.Valid is null ? source.Split ?? MovieLensSplit : null;
        CheckSplit(split, schema);

        // 1 items file  2 samples of every file, in order  3 the part of each sample
        var log = new SampleLog(ModelOrder.Of(schema));
        ItemTable? items = ReadItems(source.Train, schema, format, log, cancellation);
        string[] files = split is null ? [source.Train, source.Valid!, source.Test!] : [source.Train];
        var ends = new List<int>();
        foreach (string file in files)
        {
            ReadSamples(file, schema, format, items, log, progress, cancellation);
            ends.Add(log.Count);
        }

        bad.Check();
        if (log.Count == 0)
            throw new DataFileException($"{source.Train}: has no rows");
        DataPart[] parts = split is null
            ? [.. Enumerable.Range(0, log.Count).Select(sample => sample < ends[0] ? DataPart.Train : sample < ends[1] ? DataPart.Valid : DataPart.Test)]
            : SplitAssignment.Of(split, log, source.Seed);

        // 4 rows from the training samples  5 data sets and catalogs
        int[] train = Samples(parts, DataPart.Train, files[0], split);
        int[] valid = Samples(parts, DataPart.Valid, files[files.Length / 2], split);
        int[] test = Samples(parts, DataPart.Test, files[^1], split);
        CheckLabels(log, train, source.Train, schema);
        FieldRows[] rows = [.. log.Fields.Select((field, i) => FieldRows.FromTraining(field, log.Columns[i], train))];
        return new TrainingData
        {
            Schema = schema,
            Encoders = [.. rows.Select(field => field.Encoder)],
            Vocabularies = [.. rows.Select(field => field.Vocabulary)],
            Train = DatasetBuilder.Build(log, rows, train),
            Valid = DatasetBuilder.Build(log, rows, valid),
            Test = DatasetBuilder.Build(log, rows, test),
            Items = schema.Item is null ? null : CatalogBuilder.Items(log, items, rows, schema),
            Users = schema.User is null ? null : CatalogBuilder.Users(log, train, rows, schema),
            Fingerprint = Fingerprint(hash, schema, split, source.Seed),
            SkippedLines = bad.Count,
        };
    }

    internal static ItemTable? ReadItems(string data, DataSchema schema, FormatReader format, SampleLog log, CancellationToken cancellation)
    {
        if (schema.ItemsFile is null)
            return null;
        using RecordReader reader = format.Items(data, schema);
        return ItemTable.Read(reader, schema, log, cancellation);
    }

    internal static void ReadSamples(
        string file, DataSchema schema, FormatReader format, ItemTable? items, SampleLog log, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        using RecordReader reader = format.Samples(file, schema);
        new SampleReader(reader, schema, items, log).ReadAll(progress, cancellation);
    }

    internal static void CheckSplit(DataSplit? split, DataSchema schema)
    {
        if (split is null || split.Kind == DataSplitKind.Random)
            return;
        if (schema.Time is null)
            throw new DataFileException($"split {split}: the schema names no 'time' column to order by");
        if (split.Kind == DataSplitKind.PerUserTime && schema.User is null)
            throw new DataFileException($"split {split}: the schema names no 'user' column");
    }

    private static DataSchema Schema(DataSource source, FormatReader format)
    {
        DataSchema schema = source.Schema ?? (source.SchemaPath is { } path ? SchemaSource.Load(path) : format.BuiltInSchema(source.Train));
        if (source.Dim is { } dim)
            schema = schema with { Fields = [.. schema.Fields.Select(field => field with { Dim = dim })] };
        return format.Completed(schema);
    }

    private static int[] Samples(DataPart[] parts, DataPart part, string file, DataSplit? split)
    {
        int[] samples = [.. Enumerable.Range(0, parts.Length).Where(sample => parts[sample] == part)];
        if (samples.Length > 0)
            return samples;
        string name = part switch { DataPart.Train => "training", DataPart.Valid => "validation", _ => "test" };
        throw new DataFileException(split is null
            ? $"{file}: has no rows"
            : $"{file}: split {split} leaves no {name} samples of {parts.Length:N0}");
    }

    private static void CheckLabels(SampleLog log, int[] train, string file, DataSchema schema)
    {
        Check(log.Labels, schema.LabelColumn, schema.LabelAtLeast);
        for (int task = 1; task < schema.Tasks.Count; task++)
            Check(log.FurtherLabels[task - 1], schema.Tasks[task].Column, schema.Tasks[task].AtLeast);

        void Check(List<float> labels, string column, double? atLeast)
        {
            int[] known = [.. train.Where(sample => !float.IsNaN(labels[sample]))];
            if (known.Length == 0)
                throw new DataFileException($"{file}: column '{column}' is empty in all {train.Length:N0} training samples");
            float first = labels[known[0]];
            if (known.Any(sample => labels[sample] != first))
                return;
            string rule = atLeast is { } least ? string.Create(CultureInfo.InvariantCulture, $" (at least {least})") : "";
            throw new DataFileException($"{file}: all {known.Length:N0} training labels are {first:0}; column '{column}'{rule} tells nothing apart");
        }
    }

    // What was read is in the hash already; the schema and the split decide the rest.
    private static string Fingerprint(IncrementalHash hash, DataSchema schema, DataSplit? split, ulong seed)
    {
        hash.AppendData(DataSchemaJson.Write(schema));
        string cut = split is null ? "files" : split.Kind == DataSplitKind.Random ? $"{split} seed {seed}" : split.ToString();
        hash.AppendData(Encoding.UTF8.GetBytes(cut));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
