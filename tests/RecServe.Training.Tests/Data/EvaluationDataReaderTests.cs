using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

public class EvaluationDataReaderTests
{
    private static readonly DataSchema Schema = new()
    {
        Name = "shop",
        LabelColumn = "click",
        User = "user",
        Item = "item",
        Time = "when",
        Fields =
        [
            new() { Name = "item", Side = FieldSide.Item, Kind = FieldKind.Categorical, MinCount = 2 },
            new() { Name = "user", Side = FieldSide.User, Kind = FieldKind.Categorical },
            new() { Name = "age", Side = FieldSide.User, Kind = FieldKind.Numeric, Transform = NumericTransform.Standardize },
            new() { Name = "tags", Side = FieldSide.Item, Kind = FieldKind.Multi, Pool = Pooling.Sum },
        ],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_test_part_with_the_package_equals_the_training_readers(bool unknownApart)
    {
        using var folder = new DataFolder();
        string path = Write(folder);
        DataSplit split = DataSplit.Parse("per-user-time:60/20/20");
        TrainingData data = TrainingDataReader.Read(
            new DataSource { Format = DataFormat.Csv, Train = path, Schema = Schema, Split = split }, null, CancellationToken.None);
        ModelPackage package = Package(data, unknownApart);
        Dataset read = EvaluationDataReader.Read(new EvaluationSource { Data = path, Split = split }, package, null, CancellationToken.None);

        Assert.Equal(data.Test.Labels, read.Labels);
        Assert.Equal(data.Test.Users!, read.Users!);
        IReadOnlyList<FieldVocabulary> vocabularies = PackageVocabularies.Vocabularies(package);
        for (int field = 0; field < 4; field++)
        {
            Assert.Equal(data.Vocabularies[field].Keys, vocabularies[field].Keys);
            Assert.Equal(data.Test.Columns[field].Rows, read.Columns[field].Rows);
            Assert.Equal(data.Test.Columns[field].Offsets, read.Columns[field].Offsets);
            Assert.Equal(data.Test.Columns[field].Weights, read.Columns[field].Weights);
            // Row r of the table made below holds its key's number in the vocabulary.
            float[] rows = PackageVocabularies.Rows(package.Tables[field]);
            Assert.Equal(Enumerable.Range(0, vocabularies[field].Keys.Length).Select(row => (float)row), rows);
        }
    }

    [Fact]
    public void Read_whole_file_has_every_line()
    {
        using var folder = new DataFolder();
        string path = Write(folder);
        TrainingData data = TrainingDataReader.Read(
            new DataSource { Format = DataFormat.Csv, Train = path, Schema = Schema, Split = DataSplit.Parse("time:60/20/20") }, null, CancellationToken.None);
        Dataset read = EvaluationDataReader.Read(new EvaluationSource { Data = path }, Package(data, false), null, CancellationToken.None);
        Assert.Equal(60, read.Samples);
    }

    [Fact]
    public void Read_schema_with_other_fields_is_refused()
    {
        using var folder = new DataFolder();
        string path = Write(folder);
        TrainingData data = TrainingDataReader.Read(
            new DataSource { Format = DataFormat.Csv, Train = path, Schema = Schema, Split = DataSplit.Parse("time:60/20/20") }, null, CancellationToken.None);
        string schema = folder.Write("s.json", DataSchemaJson.Write(Schema with { Fields = [Schema.Fields[0]], Name = "other" }));
        Assert.Equal(
            "s.json: its fields, in model order, are item; the model was trained with user, age, item, tags",
            folder.Error(() => EvaluationDataReader.Read(new EvaluationSource { Data = path, SchemaPath = schema }, Package(data, false), null, CancellationToken.None)));
    }

    private static string Write(DataFolder folder) => folder.Write("all.csv", "user,item,age,tags,when,click\n" + string.Concat(
        Enumerable.Range(0, 60).Select(i => $"u{i % 4},i{i * i % 17},{(i % 5 == 0 ? "" : i)},{(i % 3 == 0 ? "" : $"t{i % 7}|t{i % 2}")},{1000 + i},{i % 2}\n")));

    private static ModelPackage Package(TrainingData data, bool unknownApart) => new()
    {
        Lineage = "test",
        Schema = DataSchemaJson.ToElement(data.Schema),
        Fields = [.. data.Encoders.Select(encoder => new PackageField
        {
            Name = encoder.Field.Name, Dim = 1, Linear = false, Mean = encoder.Mean, Deviation = encoder.Deviation,
        })],
        Architecture = new ModelArchitecture { Kind = "fm" },
        Dense = [],
        Tables = [.. data.Encoders.Zip(data.Vocabularies, (encoder, vocabulary) =>
        {
            int unknown = unknownApart ? vocabulary.UnknownRow : -1;
            int[] rows = [.. Enumerable.Range(0, vocabulary.Keys.Length).Where(row => row != unknown)];
            return new PackageTable
            {
                Name = encoder.Field.Name,
                Width = 1,
                Keys = [.. rows.Select(row => vocabulary.Keys[row])],
                Rows = [.. rows.Select(row => (float)row)],
                Mean = [0],
                Default = [0],
                Unknown = unknown < 0 ? null : [unknown],
            };
        })],
    };
}
