using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

public class OtherFormatsTests
{
    [Fact]
    public void Read_criteo_has_39_fields_with_empty_cells_missing()
    {
        using var folder = new DataFolder();
        string Line(int label, int i) => label + "\t" + string.Join('\t', Enumerable.Range(1, 13).Select(k => k == 2 ? "" : k == 3 ? "-1" : $"{1000 * k}"))
            + "\t" + string.Join('\t', Enumerable.Range(1, 26).Select(k => k == 26 ? "" : k == 1 && i == 0 ? "\"aa" : $"c{k:x2}")) + "\n";
        string path = folder.Write("criteo.txt", string.Concat(Enumerable.Range(0, 30).Select(i => Line(i % 2, i))));
        TrainingData data = Read(DataFormat.Criteo, path, "random:80/10/10");
        Assert.Equal(39, data.Encoders.Count);
        Assert.All(data.Schema.Fields, field => Assert.Equal((FieldSide.Item, 10, 16), (field.Side, field.MinCount, field.Dim)));
        // floor((ln 1000)^2) = 47.
        Assert.Equal(RowKey.Of("47"), DataFolder.KeyAt(data, data.Train, "I1", 0));
        Assert.Equal(RowKey.Missing, DataFolder.KeyAt(data, data.Train, "I2", 0));
        Assert.Equal(RowKey.Of("-1"), DataFolder.KeyAt(data, data.Train, "I3", 0));
        Assert.Equal(RowKey.Of("c02"), DataFolder.KeyAt(data, data.Train, "C2", 0));
        Assert.Equal(RowKey.Missing, DataFolder.KeyAt(data, data.Train, "C26", 0));
        Assert.Equal((24, 3, 3), (data.Train.Samples, data.Valid.Samples, data.Test.Samples));
    }

    [Fact]
    public void Read_avazu_takes_the_hour_apart()
    {
        using var folder = new DataFolder();
        const string Header = "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,app_category,device_id,device_ip,device_model,device_type,device_conn_type,C14,C15,C16,C17,C18,C19,C20,C21\n";
        // 2014-10-21 was a Tuesday, 2014-10-26 a Sunday.
        string path = folder.Write("avazu.csv", Header + string.Concat(Enumerable.Range(0, 10).Select(i =>
            $"{i},{i % 2},{(i < 5 ? "14102107" : "14102623")},1005,0,a,b,c,d,e,f,g,h,i,1,2,15706,320,50,1722,0,35,-1,79\n")));
        TrainingData data = Read(DataFormat.Avazu, path, "time:60/20/20");
        Assert.Equal(["hour", "weekday", "is_weekend", "site_id"], data.Encoders.Take(4).Select(encoder => encoder.Field.Name));
        Assert.Equal(24, data.Encoders.Count);
        Assert.DoesNotContain(data.Encoders, encoder => encoder.Field.Name == "id");
        Assert.Equal(RowKey.Of("7"), DataFolder.KeyAt(data, data.Train, "hour", 0));
        Assert.Equal(RowKey.Of("1"), DataFolder.KeyAt(data, data.Train, "weekday", 0));
        Assert.Equal(RowKey.Of("0"), DataFolder.KeyAt(data, data.Train, "is_weekend", 0));
        // The sixth training sample is the only one of the Sunday: below min_count 2, so the unknown row, which the test samples read too.
        Assert.Equal(RowKey.Unknown, DataFolder.KeyAt(data, data.Train, "hour", 5));
        Assert.Equal(RowKey.Unknown, DataFolder.KeyAt(data, data.Test, "weekday", 0));
    }

    [Fact]
    public void Read_libsvm_positions_are_fields_and_indexes_values()
    {
        using var folder = new DataFolder();
        string path = folder.Write("a.libsvm", string.Concat(Enumerable.Range(0, 10).Select(i => $"{(i % 2 == 0 ? "-1" : "+1")} 7:1 {20 + i % 2}:1.0 99:1 \n")));
        TrainingData data = Read(DataFormat.LibSvm, path, "random:80/10/10");
        Assert.Equal(["f1", "f2", "f3"], data.Encoders.Select(encoder => encoder.Field.Name));
        Assert.Equal(RowKey.Of("7"), DataFolder.KeyAt(data, data.Train, "f1", 0));
        Assert.Equal(new[] { RowKey.Of("20"), RowKey.Of("21") }.Order(), data.Vocabularies[1].Keys);
        for (int i = 0; i < data.Train.Samples; i++)
            Assert.Equal(RowKey.Of(data.Train.Labels[i] == 0 ? "20" : "21"), DataFolder.KeyAt(data, data.Train, "f2", i));
    }

    [Fact]
    public void Read_libsvm_values_are_read_where_the_schema_has_a_field_for_them()
    {
        using var folder = new DataFolder();
        string path = folder.Write("a.libsvm", string.Concat(Enumerable.Range(0, 10).Select(i => $"{i % 2} 1:0.{i} 20:1\n")));
        var schema = new DataSchema
        {
            Name = "values",
            LabelColumn = "label",
            Fields =
            [
                new FieldSchema { Name = "f1_value", Side = FieldSide.Context, Kind = FieldKind.Numeric, Transform = NumericTransform.ValueTimesVector },
                new FieldSchema { Name = "f2", Side = FieldSide.Context, Kind = FieldKind.Categorical },
            ],
        };
        TrainingData data = TrainingDataReader.Read(
            new DataSource { Format = DataFormat.LibSvm, Train = path, Schema = schema, Split = DataSplit.Parse("random:80/10/10") }, null, CancellationToken.None);
        Assert.Equal([2UL], data.Vocabularies[0].Keys);
        Assert.All(data.Train.Columns[0].Weights!, weight => Assert.InRange(weight, 0f, 0.9f));
        Assert.Equal(
            "a.libsvm:2: '1:0.1' has a value other than 1; no field 'f1_value' of the schema reads it",
            folder.Error(() => Read(DataFormat.LibSvm, folder.Write("a.libsvm", "1 1:1 2:1\n0 1:0.1 2:1\n"), "random:80/10/10")));
    }

    [Fact]
    public void Read_tsv_uses_a_tab_without_being_told()
    {
        using var folder = new DataFolder();
        string path = folder.Write("a.tsv", "y\ta\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i % 2}\tv,{i % 3}\n")));
        var schema = new DataSchema { Name = "t", LabelColumn = "y", Fields = [new FieldSchema { Name = "a", Side = FieldSide.User, Kind = FieldKind.Categorical }] };
        TrainingData data = TrainingDataReader.Read(
            new DataSource { Format = DataFormat.Tsv, Train = path, Schema = schema, Split = DataSplit.Parse("random:80/10/10") }, null, CancellationToken.None);
        Assert.Contains(RowKey.Of("v,1"), data.Vocabularies[0].Keys);
        Assert.Equal('\t', data.Schema.Delimiter);
    }

    [SharedDataFact("census-income")]
    public void Read_census_income_with_a_binary_label_column_has_its_rows()
    {
        using var folder = new DataFolder();
        // The label is text in the published file: it becomes 0 and 1 here; every other cell stays as it is.
        using (var reader = new StreamReader(new System.IO.Compression.GZipStream(
            File.OpenRead(Path.Combine(SharedData.Folder("census-income"), "census-income.test.gz")), System.IO.Compression.CompressionMode.Decompress)))
        using (var writer = new StreamWriter(folder["census.csv"]))
        {
            while (reader.ReadLine() is { } line)
                writer.WriteLine(line[..(line.LastIndexOf(',') + 1)] + (line.EndsWith("50000+.", StringComparison.Ordinal) ? "1" : "0"));
        }

        string[] columns = [.. Enumerable.Range(0, 41).Select(i => $"c{i}"), "y"];
        var schema = new DataSchema
        {
            Name = "census",
            Header = false,
            Columns = columns,
            LabelColumn = "y",
            Fields = [.. columns[..41].Select(name => new FieldSchema { Name = name, Side = FieldSide.Context, Kind = FieldKind.Categorical })],
        };
        TrainingData data = TrainingDataReader.Read(
            new DataSource { Format = DataFormat.Csv, Train = folder["census.csv"], Schema = schema, Split = DataSplit.Parse("random:80/10/10") }, null, CancellationToken.None);
        Assert.Equal((79_810, 9_976, 9_976), (data.Train.Samples, data.Valid.Samples, data.Test.Samples));
        double positive = (data.Train.Labels.Sum() + data.Valid.Labels.Sum() + data.Test.Labels.Sum()) / 99_762;
        Assert.Equal(0.062, positive, 3);
    }

    private static TrainingData Read(DataFormat format, string path, string split) => TrainingDataReader.Read(
        new DataSource { Format = format, Train = path, Split = DataSplit.Parse(split) }, null, CancellationToken.None);
}
