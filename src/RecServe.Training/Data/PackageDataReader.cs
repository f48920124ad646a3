using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Training.Data;

/// <summary>Reads labelled data as training does, in three parts, but encoded for a package that already exists.</summary>
public static class PackageDataReader
{
    /// <summary>How one file is divided where nothing is said: as training divides it.</summary>
    public static DataSplit DefaultSplit(DataFormat format) => new(format == DataFormat.MovieLens ? DataSplitKind.PerUserTime : DataSplitKind.Random, 80, 10, 10);

    /// <summary>Reads the parts; rows are those of <see cref="PackageVocabularies"/>, −1 for a key without one.</summary>
    /// <param name="source">Where the data comes from; a schema in it says where columns stand, its fields are the package's.</param>
    /// <param name="package">What the samples are encoded for.</param>
    /// <param name="progress">Told while reading; may be null.</param>
    /// <param name="cancellation">Ends reading with an exception.</param>
    /// <exception cref="DataFileException">A file or a combination of options cannot be used, or the schema has other fields than the package.</exception>
    /// <exception cref="SchemaException">The schema file cannot be used.</exception>
    /// <exception cref="PackageException">The package's schema and fields do not fit together.</exception>
    public static (Dataset Train, Dataset Valid, Dataset Test) Read(DataSource source, ModelPackage package, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        DataSchema trained = PackageEncoders.Schema(package);
        IReadOnlyList<FieldEncoder> encoders = PackageEncoders.Encoders(package, trained);
        if ((source with { Schema = source.SchemaPath is null ? trained : null }).Problem() is { } usage)
            throw new DataFileException(usage);
        var bad = new BadLines(source.MaxBadLines);
        var format = new FormatReader(source.Format, source.MaxLineBytes, bad, null);
        DataSchema schema = format.Completed(source.SchemaPath is { } path ? EvaluationDataReader.Same(SchemaSource.Load(path), trained, package, path) : trained);
        DataSplit? split = source.Valid is null ? source.Split ?? DefaultSplit(source.Format) : null;
        TrainingDataReader.CheckSplit(split, schema);

        var log = new SampleLog(ModelOrder.Of(trained));
        ItemTable? items = TrainingDataReader.ReadItems(source.Train, schema, format, log, cancellation);
        var ends = new List<int>();
        foreach (string file in split is null ? [source.Train, source.Valid!, source.Test!] : (string[])[source.Train])
        {
            TrainingDataReader.ReadSamples(file, schema, format, items, log, progress, cancellation);
            ends.Add(log.Count);
        }

        bad.Check();
        DataPart[] parts = split is null
            ? [.. Enumerable.Range(0, log.Count).Select(sample => sample < ends[0] ? DataPart.Train : sample < ends[1] ? DataPart.Valid : DataPart.Test)]
            : SplitAssignment.Of(split, log, source.Seed);
        IReadOnlyList<FieldVocabulary> vocabularies = PackageVocabularies.Vocabularies(package);
        FieldRows[] rows = [.. log.Columns.Select((column, field) => FieldRows.Of(vocabularies[field], encoders[field], column))];
        Dataset Part(DataPart part, string name) => Enumerable.Range(0, parts.Length).Where(sample => parts[sample] == part).ToArray() is { Length: > 0 } samples
            ? DatasetBuilder.Build(log, rows, samples)
            : throw new DataFileException($"{source.Train}: there are no {name} samples of {log.Count:N0}");
        return (Part(DataPart.Train, "training"), Part(DataPart.Valid, "validation"), Part(DataPart.Test, "test"));
    }
}
