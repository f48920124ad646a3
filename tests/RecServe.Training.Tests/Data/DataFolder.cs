using System.Globalization;
using System.IO.Compression;
using System.Text;
using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

/// <summary>A temporary folder of small hand-written files.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("recserve-data-").FullName;

    public string this[string file] => Path.Combine(_path, file);

    public string Root => _path;

    public string Write(string file, string text) => Write(file, Encoding.UTF8.GetBytes(text));

    public string Write(string file, byte[] bytes)
    {
        File.WriteAllBytes(this[file], bytes);
        return this[file];
    }

    public string WriteGzip(string file, string text)
    {
        using var zip = new GZipStream(File.Create(this[file]), CompressionLevel.Fastest);
        zip.Write(Encoding.UTF8.GetBytes(text));
        return this[file];
    }

    /// <summary>Reads train.csv, valid.csv and test.csv of this folder.</summary>
    public TrainingData ReadFiles(DataSchema schema, int maxBadLines = 0) => TrainingDataReader.Read(
        new DataSource
        {
            Format = DataFormat.Csv,
            Train = this["train.csv"],
            Valid = this["valid.csv"],
            Test = this["test.csv"],
            Schema = schema,
            MaxBadLines = maxBadLines,
        },
        null,
        CancellationToken.None);

    /// <summary>The message of a failed run, with this folder's path shortened to nothing.</summary>
    public string Error(Action run) => Assert.Throws<DataFileException>(run).Message.Replace(_path + "/", "", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_path, recursive: true);

    /// <summary>Key of the row that entry <paramref name="entry"/> of a column reads, or null for the default row.</summary>
    public static ulong? KeyAt(TrainingData data, Dataset part, string field, int entry)
    {
        int index = data.Encoders.ToList().FindIndex(encoder => encoder.Field.Name == field);
        int row = part.Columns[index].Rows[entry];
        return row < 0 ? null : data.Vocabularies[index].Keys[row];
    }

    public static DatasetColumn Column(TrainingData data, Dataset part, string field) =>
        part.Columns[data.Encoders.ToList().FindIndex(encoder => encoder.Field.Name == field)];

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
