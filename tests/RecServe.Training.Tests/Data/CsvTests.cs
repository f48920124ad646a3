using System.Text;
using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

public class CsvTests
{
    private static readonly DataSchema Schema = new()
    {
        Name = "shop",
        LabelColumn = "click",
        User = "user",
        Item = "item",
        Fields =
        [
            new() { Name = "item", Side = FieldSide.Item, Kind = FieldKind.Categorical },
            new() { Name = "user", Side = FieldSide.User, Kind = FieldKind.Categorical, MinCount = 2 },
            new() { Name = "age", Side = FieldSide.User, Kind = FieldKind.Numeric, Transform = NumericTransform.Standardize },
            new() { Name = "tags", Side = FieldSide.Item, Kind = FieldKind.Multi },
        ],
    };

    private const string Header = "user,item,age,tags,click\n";

    [Fact]
    public void Read_three_files_takes_vocabularies_from_train_alone()
    {
        using DataFolder folder = Small();
        TrainingData data = folder.ReadFiles(Schema);
        Assert.Equal(["user", "age", "item", "tags"], data.Encoders.Select(encoder => encoder.Field.Name));
        Assert.Equal([1f, 0, 1], data.Train.Labels);
        // u1 is met twice; u2 once, below min_count, and so is anybody else: all unknown.
        Assert.Equal(new[] { RowKey.Unknown, RowKey.Of("u1") }.Order(), data.Vocabularies[0].Keys);
        Assert.Equal(RowKey.Of("u1"), DataFolder.KeyAt(data, data.Train, "user", 0));
        Assert.Equal(RowKey.Unknown, DataFolder.KeyAt(data, data.Train, "user", 1));
        Assert.Equal(RowKey.Unknown, DataFolder.KeyAt(data, data.Valid, "user", 0));
        // i9 occurs in the test file alone, and no rare item taught an unknown row: default row.
        Assert.Null(DataFolder.KeyAt(data, data.Test, "item", 0));
        Assert.Equal([0, 1, 0], data.Train.Users!);
    }

    [Fact]
    public void Read_standardize_uses_train_mean_and_deviation()
    {
        using DataFolder folder = Small();
        TrainingData data = folder.ReadFiles(Schema);
        // Train ages: 10, missing, 30: mean 20, population deviation 10.
        FieldEncoder age = data.Encoders[1];
        Assert.Equal((20f, 10f), (age.Mean, age.Deviation));
        Assert.Equal([RowKey.Missing, RowKey.NumericVector], data.Vocabularies[1].Keys);
        Assert.Equal([-1f, 1f, 1f], DataFolder.Column(data, data.Train, "age").Weights!);
        Assert.Equal([1, 0, 1], DataFolder.Column(data, data.Train, "age").Rows);
        Assert.Equal([0.5f], DataFolder.Column(data, data.Test, "age").Weights!);
    }

    [Fact]
    public void Read_catalogs_hold_all_items_and_the_train_users()
    {
        using DataFolder folder = Small();
        TrainingData data = folder.ReadFiles(Schema);
        Assert.Equal(["i1", "i2", "i9"], Ids(data.Items!));
        EntityColumn tags = data.Items!.Columns.Single(column => column.Field == 3);
        // i1's last tags are a and b, i2 never had any, i9's are of the test file.
        Assert.Equal([RowKey.Of("a"), RowKey.Of("b"), RowKey.Of("z")], tags.Keys);
        Assert.Equal([0.5f, 0.5f, 1f], tags.Weights);
        Assert.Equal([0, 2, 2, 3], tags.Offsets);
        Assert.Equal([RowKey.Of("i1"), RowKey.Of("i2"), RowKey.Of("i9")], data.Items.Columns.Single(column => column.Field == 2).Keys);

        Assert.Equal(["u1", "u2"], Ids(data.Users!));
        EntityColumn age = data.Users!.Columns.Single(column => column.Field == 1);
        Assert.Equal([1f], age.Weights);
        Assert.Equal([0, 1, 1], age.Offsets);
    }

    [Fact]
    public void Read_quoted_cells_crlf_and_byte_order_mark_mean_the_same()
    {
        using DataFolder plain = Small(), quoted = Small();
        string text = File.ReadAllText(plain["train.csv"]);
        quoted.Write("train.csv", "\uFEFF" + string.Concat(text.TrimEnd('\n').Split('\n').Select(line =>
            string.Join(',', line.Split(',').Select(cell => $"\"{cell}\"")) + "\r\n\r\n")));
        TrainingData a = plain.ReadFiles(Schema), b = quoted.ReadFiles(Schema);
        for (int field = 0; field < 4; field++)
        {
            Assert.Equal(a.Vocabularies[field].Keys, b.Vocabularies[field].Keys);
            Assert.Equal(a.Train.Columns[field].Rows, b.Train.Columns[field].Rows);
        }
    }

    [Fact]
    public void Read_quotes_delimiters_and_line_breaks_inside_quotes_are_text()
    {
        using var folder = new DataFolder();
        string rows = "x,\"say \"\"hi\"\", twice\nand again\",1\ny,5\" disk,0\n";
        foreach (string file in (string[])["train.csv", "valid.csv", "test.csv"])
            folder.Write(file, "a,b,y\n" + rows);
        TrainingData data = folder.ReadFiles(new DataSchema
        {
            Name = "q",
            LabelColumn = "y",
            Fields = [new FieldSchema { Name = "b", Side = FieldSide.Context, Kind = FieldKind.Categorical }],
        });
        Assert.Equal(RowKey.Of("say \"hi\", twice\nand again"), DataFolder.KeyAt(data, data.Train, "b", 0));
        Assert.Equal(RowKey.Of("5\" disk"), DataFolder.KeyAt(data, data.Train, "b", 1));
        Assert.Null(data.Train.Users);
        Assert.Null(data.Items);
    }

    [Fact]
    public void Read_gzip_gives_the_same_data_and_fingerprint()
    {
        using DataFolder plain = Small(), zipped = Small();
        zipped.WriteGzip("train.csv", File.ReadAllText(plain["train.csv"]));
        Assert.Equal(plain.ReadFiles(Schema).Fingerprint, zipped.ReadFiles(Schema).Fingerprint);
    }

    [Fact]
    public void Fingerprint_changes_with_data_schema_split_and_seed()
    {
        using DataFolder folder = Small();
        string all = folder.Write("all.csv", Header + string.Concat(Enumerable.Range(0, 20).Select(i => $"u{i % 3},i{i},{i},t,{i % 2}\n")));
        string Of(string split, ulong seed, DataSchema schema) => TrainingDataReader.Read(
            new DataSource { Format = DataFormat.Csv, Train = all, Schema = schema, Split = DataSplit.Parse(split), Seed = seed }, null, CancellationToken.None).Fingerprint;
        string[] prints =
        [
            Of("random:80/10/10", 1, Schema), Of("random:80/10/10", 2, Schema), Of("random:70/20/10", 1, Schema),
            Of("random:80/10/10", 1, Schema with { Name = "other" }), folder.ReadFiles(Schema).Fingerprint,
        ];
        Assert.Equal(prints.Length, prints.Distinct().Count());
        Assert.Equal(prints[0], Of("random:80/10/10", 1, Schema));
        Assert.All(prints, print => Assert.Matches("^[0-9a-f]{64}$", print));
    }

    [Fact]
    public void Read_hash_buckets_all_have_rows()
    {
        using DataFolder folder = Small();
        DataSchema hashed = Schema with { Fields = [Schema.Fields[0] with { HashBuckets = 7 }, .. Schema.Fields.Skip(1)] };
        TrainingData data = folder.ReadFiles(hashed);
        Assert.Equal([2UL, 3, 4, 5, 6, 7, 8], data.Vocabularies[2].Keys);
        Assert.Equal(RowKey.OfBucket("i9"u8, 7), DataFolder.KeyAt(data, data.Test, "item", 0));
    }

    [Fact]
    public void Read_weights_and_dim_override_are_taken()
    {
        using DataFolder folder = Small();
        folder.Write("train.csv", Header + "u1,i1,10,a,1\nu2,i2,,,0\nu1,i1,30,a|b,0\n");
        TrainingData data = TrainingDataReader.Read(
            new DataSource
            {
                Format = DataFormat.Csv,
                Train = folder["train.csv"],
                Valid = folder["valid.csv"],
                Test = folder["test.csv"],
                Schema = Schema with { Weight = "age", Fields = [Schema.Fields[0]] },
                Dim = 7,
                MaxBadLines = 1,
            },
            null,
            CancellationToken.None);
        Assert.Equal([10f, 30f], data.Train.Weights!);
        Assert.Equal(1, data.SkippedLines);
        Assert.All(data.Schema.Fields, field => Assert.Equal(7, field.Dim));
    }

    private static string[] Ids(EntityCatalog catalog) =>
        [.. Enumerable.Range(0, catalog.Count).Select(row => Encoding.UTF8.GetString(catalog.IdOf(row)))];

    private static DataFolder Small()
    {
        var folder = new DataFolder();
        folder.Write("train.csv", Header + "u1,i1,10,a,1\nu2,i2,,,0\nu1,i1,30,a|b,1\n");
        folder.Write("valid.csv", Header + "u3,i1,20,a|b,1\n");
        folder.Write("test.csv", Header + "u1,i9,25,z,0\n");
        return folder;
    }
}
