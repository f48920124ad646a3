using System.Security.Cryptography;
using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Opens the files of each format.</summary>
/// <param name="format">The format.</param>
/// <param name="maxLineBytes">Bytes a record may have.</param>
/// <param name="bad">Where unusable records go.</param>
/// <param name="hash">Fed with everything read; null for none.</param>
internal sealed class FormatReader(DataFormat format, int maxLineBytes, BadLines bad, IncrementalHash? hash)
{
    /// <summary>The schema of a format that needs no schema file; libsvm's depends on the number of pairs in the file.</summary>
    public DataSchema BuiltInSchema(string path)
    {
        switch (format)
        {
            case DataFormat.MovieLens: return BuiltInSchemas.MovieLens;
            case DataFormat.Criteo: return BuiltInSchemas.Criteo;
            case DataFormat.Avazu: return BuiltInSchemas.Avazu;
            case DataFormat.LibSvm:
                using (var reader = new LibSvmReader(DataFile.Open(path, null), null, maxLineBytes, bad))
                    return BuiltInSchemas.LibSvm(reader.Columns.Count / 2);
            default:
                throw new DataFileException($"format {DataFormats.NameOf(format)} needs a schema file");
        }
    }

    /// <summary>The delimiter that the format reads with: a tab for tsv where the schema says nothing else.</summary>
    public DataSchema Completed(DataSchema schema) =>
        format == DataFormat.Tsv && schema.Delimiter == ',' ? schema with { Delimiter = '\t' } : schema;

    /// <summary>Opens a file of samples.</summary>
    public RecordReader Samples(string path, DataSchema schema)
    {
        if (format == DataFormat.MovieLens)
        {
            return new DerivedReader(
                Lines(path, schema),
                new DerivedColumn("hour", "timestamp", CalendarColumns.Hour, TimeCell.Expected),
                new DerivedColumn("weekday", "timestamp", CalendarColumns.Weekday, TimeCell.Expected));
        }

        if (format is DataFormat.Csv or DataFormat.Tsv)
            return Lines(path, schema);
        DataFile file = DataFile.Open(path, hash);
        const string Hour = "is no hour of the form YYMMDDHH";
        return format switch
        {
            DataFormat.Criteo => new DelimitedReader(file, '\t', false, BuiltInSchemas.Criteo.Columns, maxLineBytes, bad),
            DataFormat.LibSvm => new LibSvmReader(file, schema.Fields, maxLineBytes, bad),
            DataFormat.Avazu => new DerivedReader(
                new DelimitedReader(file, ',', true, null, maxLineBytes, bad),
                new DerivedColumn("timestamp", "hour", CalendarColumns.AvazuTimestamp, Hour),
                new DerivedColumn("hour", "hour", CalendarColumns.AvazuHour, Hour),
                new DerivedColumn("weekday", "hour", CalendarColumns.AvazuWeekday, Hour),
                new DerivedColumn("is_weekend", "hour", CalendarColumns.AvazuIsWeekend, Hour)),
            _ => throw new DataFileException($"format {DataFormats.NameOf(format)} cannot be read"),
        };
    }

    /// <summary>Opens a file of delimited text (csv, tsv, MovieLens) with the columns that it has, none computed.</summary>
    public DelimitedReader Lines(string path, DataSchema schema) => format == DataFormat.MovieLens
        ? new DelimitedReader(DataFile.Open(Directory.Exists(path) ? Path.Combine(path, "ratings.csv") : path, hash), ',', true, null, maxLineBytes, bad)
        : new DelimitedReader(DataFile.Open(path, hash), schema.Delimiter, true, schema.Columns, maxLineBytes, bad);

    /// <summary>Opens the schema's items file, which lies beside the data file.</summary>
    public RecordReader Items(string dataPath, DataSchema schema)
    {
        if (!Path.Exists(dataPath))
            throw new DataFileException($"{dataPath}: no such file or folder");
        string folder = Directory.Exists(dataPath) ? dataPath : Path.GetDirectoryName(dataPath) ?? "";
        DataFile file = DataFile.Open(Path.Combine(folder, schema.ItemsFile!), hash);
        var reader = new DelimitedReader(file, schema.Delimiter, true, null, maxLineBytes, bad);
        return format != DataFormat.MovieLens ? reader : new DerivedReader(
            reader, new DerivedColumn("year", "title", MovieColumns.Year), new DerivedColumn("genres", "genres", MovieColumns.Genres));
    }
}
