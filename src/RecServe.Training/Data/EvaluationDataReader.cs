using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Training.Data;

/// <summary>Reads labelled data for a model that already exists: its encoders, its rows.</summary>
public static class EvaluationDataReader
{
    /// <summary>Reads one file, or one part of it, encoded for <paramref name="package"/>; rows are those of <see cref="PackageVocabularies"/>.</summary>
    /// <exception cref="DataFileException">The file cannot be used, or its schema has other fields than the package.</exception>
    /// <exception cref="SchemaException">The schema file cannot be used.</exception>
    /// <exception cref="PackageException">The package's schema and fields do not fit together.</exception>
    public static Dataset Read(EvaluationSource source, ModelPackage package, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        DataSchema trained = PackageEncoders.Schema(package);
        IReadOnlyList<FieldEncoder> encoders = PackageEncoders.Encoders(package, trained);
        DataFormat kind = source.Format ?? DataFormats.Infer(source.Data, trained);
        var bad = new BadLines(source.MaxBadLines);
        var format = new FormatReader(kind, source.MaxLineBytes, bad, null);
        DataSchema schema = format.Completed(source.SchemaPath is { } path ? Same(SchemaSource.Load(path), trained, package, path) : trained);
        TrainingDataReader.CheckSplit(source.Split, schema);

        var log = new SampleLog(ModelOrder.Of(trained));
        ItemTable? items = TrainingDataReader.ReadItems(source.Data, schema, format, log, cancellation);
        TrainingDataReader.ReadSamples(source.Data, schema, format, items, log, progress, cancellation);
        bad.Check();
        if (log.Count == 0)
            throw new DataFileException($"{source.Data}: has no rows");

        int[] samples = [.. Enumerable.Range(0, log.Count)];
        if (source.Split is { } split)
        {
            DataPart[] parts = SplitAssignment.Of(split, log, source.Seed);
            samples = [.. samples.Where(sample => parts[sample] == source.Part)];
        }

        if (samples.Length == 0)
            throw new DataFileException($"{source.Data}: split {source.Split} leaves no samples of {log.Count:N0}");
        IReadOnlyList<FieldVocabulary> vocabularies = PackageVocabularies.Vocabularies(package);
        FieldRows[] rows = [.. log.Columns.Select((column, field) => FieldRows.Of(vocabularies[field], encoders[field], column))];
        return DatasetBuilder.Build(log, rows, samples);
    }

    /// <summary>
    /// A schema file may say where things stand; what the fields are is the package's to say. One that compression took fields from reads data
    /// whose schema still names them.
    /// </summary>
    internal static DataSchema Same(DataSchema given, DataSchema trained, ModelPackage package, string path)
    {
        HashSet<string> known = [.. trained.Fields.Select(field => field.Name)];
        IEnumerable<string> Names(DataSchema schema) =>
            ModelOrder.Of(schema).Select(field => field.Name).Where(name => package.Compression is null || known.Contains(name));
        if (!Names(given).SequenceEqual(Names(trained)))
        {
            throw new DataFileException($"{path}: its fields, in model order, are {string.Join(", ", Names(given))}; "
                + $"the model was trained with {string.Join(", ", Names(trained))}");
        }

        return given with { Fields = trained.Fields };
    }
}
