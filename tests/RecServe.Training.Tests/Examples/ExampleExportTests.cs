using System.Globalization;
using RecServe.Features;
using RecServe.Training.Data;
using RecServe.Training.Examples;
using RecServe.Training.Tests.Data;

namespace RecServe.Training.Tests.Examples;

public class ExampleExportTests
{
    [SharedDataFact("movielens-small")]
    public void Run_every_field_of_every_rating_equals_a_recomputation_from_the_file()
    {
        using var folder = new DataFolder();
        string data = SharedData.Folder("movielens-small");
        ExampleReport report = ExampleFiles.Export(folder, ExampleFiles.Schema("userId", "movieId", "timestamp", """{"column": "rating", "at_least": 4}""", "genres", """, "items": {"file": "movies.csv", "key": "movieId"}"""),
            data, format: DataFormat.MovieLens);
        Assert.Equal((100_836L, 100_836L, 48_580L), (report.Lines, report.Examples, report.Positives));

        string[][] lines = [.. File.ReadLines(Path.Combine(data, "ratings.csv")).Skip(1).Select(line => line.Split(','))];
        Dictionary<string, string> genre = File.ReadLines(Path.Combine(data, "movies.csv")).Skip(1)
            .ToDictionary(line => line.Split(',')[0], line => line.Split(',')[^1].Split('|')[0].Replace("(no genres listed)", "", StringComparison.Ordinal));
        PlainEvent[] events = [.. lines.SelectMany(cells => (string[])(double.Parse(cells[2], CultureInfo.InvariantCulture) >= 4 ? ["impression", "click"] : ["impression"]),
            (cells, type) => new PlainEvent(cells[0], cells[1], type, long.Parse(cells[3], CultureInfo.InvariantCulture) * 1000))];
        var reference = new ReferenceFeatures(events, item => genre[item]);
        string[] written = File.ReadAllLines(folder["examples.csv"]);
        Assert.Equal("userId,movieId,rating,timestamp," + string.Join(',', ExampleFiles.Columns("genres").Select(one => one.Column)), written[0]);
        Assert.Equal(lines.Length, written.Length - 1);
        for (int i = 0; i < lines.Length; i++)
        {
            long time = long.Parse(lines[i][3], CultureInfo.InvariantCulture) * 1000;
            string expected = string.Join(',', lines[i]) + "," + string.Join(',', ExampleFiles.Columns("genres").Select(one => reference.Cell(one.Feature, lines[i][0], lines[i][1], time)));
            if (expected != written[i + 1])
                Assert.Fail($"line {i + 2}: {written[i + 1]}\nexpected {expected}");
        }
    }

    [Fact]
    public void Run_every_example_of_a_log_of_events_equals_a_recomputation_from_it()
    {
        using var folder = new DataFolder();
        var log = new GeneratedLog(6_000, seed: 1);
        string path = folder.Write("events.csv", log.Text);
        string schema = ExampleFiles.Schema("user_id", "item_id", "time", """{"column": "click"}""", "shelf");
        ExampleReport report = ExampleFiles.Export(folder, schema, path, latenessMs: 3_600_000, joinMs: 1_800_000);

        // What is counted, and what came of each impression, by the words of the page.
        List<GeneratedLine> accepted = log.Accepted(3_600_000);
        var shelves = log.Lines.GroupBy(line => line.Item).ToDictionary(item => item.Key, item => item.Last().Shelf.Split('|')[0]);
        var reference = new ReferenceFeatures([.. accepted.Select(line => new PlainEvent(line.User, line.Item, line.Type, line.Time))], item => shelves[item]);
        long newest = accepted.Max(line => line.Time);
        string[] expected = [.. accepted.Where(line => line.Type == "impression" && line.Time + 1_800_000 <= newest).Select(line =>
            $"{line.Text},{(log.IsClicked(line, accepted, 1_800_000) ? 1 : 0)}," + string.Join(',', ExampleFiles.Columns("shelf").Select(one => reference.Cell(one.Feature, line.User, line.Item, line.Time))))];
        string[] written = File.ReadAllLines(folder["examples.csv"]);
        Assert.Equal(GeneratedLog.Header + ",click," + string.Join(',', ExampleFiles.Columns("shelf").Select(one => one.Column)), written[0]);
        Assert.Equal(expected, written[1..]);
        Assert.Equal((expected.Length, expected.Count(line => line.Contains(",imp,1,", StringComparison.Ordinal))), (report.Examples, report.Positives));
        Assert.Equal(log.Lines.Count, report.Lines);
        Assert.Equal(log.Lines.Count - accepted.Count, report.Late + report.Duplicates);
        Assert.All([report.Late, report.Duplicates, report.Unjoined, report.Positives], count => Assert.True(count > 20, report.ToString()));

        // The same again, to the byte, and training reads it.
        ExampleFiles.Export(folder, schema, path, "again.csv", latenessMs: 3_600_000, joinMs: 1_800_000);
        Assert.Equal(File.ReadAllBytes(folder["examples.csv"]), File.ReadAllBytes(folder["again.csv"]));
        TrainingData data = TrainingDataReader.Read(new DataSource { Format = DataFormat.Csv, Train = folder["examples.csv"], SchemaPath = folder["schema.json"], Split = DataSplit.Parse("time:80/10/10") }, null, CancellationToken.None);
        Assert.Equal(expected.Length, data.Train.Samples + data.Valid.Samples + data.Test.Samples);

        // What changes with every event is no property of a user or an item that a package could hold.
        Assert.Equal(["item_id", "shelf"], data.Items!.Columns.Select(column => data.Encoders[column.Field].Field.Name));
        Assert.Null(data.Users);
    }

    [Fact]
    public void Run_joins_what_happened_to_the_impression_that_it_is_about()
    {
        using var folder = new DataFolder();
        string schema = """
            {"name": "x", "tasks": [{"name": "click", "column": "click"}, {"name": "buy", "column": "purchase"}], "user": "u", "item": "i", "time": "t",
             "fields": [{"name": "n", "side": "item", "kind": "numeric", "from": "clicks/1h"}]}
            """;
        folder.Write("in.csv", """
            type,u,i,t,ranking_id
            impression,a,x,1000,r1
            impression,a,x,1010,r2
            click,a,x,1020,r1
            click,a,x,1030,
            impression,b,x,1040,
            click,c,x,1050,r2
            purchase,b,x,1100,
            purchase,b,x,1101,
            click,b,y,1110,
            impression,b,x,1101,
            impression,c,x,1150,
            share,c,x,1200,

            """);
        ExampleReport report = ExampleFiles.Export(folder, schema, folder["in.csv"], joinMs: 60_000);

        // A click names its ranking, whoever clicked; one that names none is about the user's last impression of the item, at the latest a minute before. Of the last impression
        // a minute has not passed.
        Assert.Equal("""
            type,u,i,t,ranking_id,click,purchase,n
            impression,a,x,1000,r1,1,0,0
            impression,a,x,1010,r2,1,0,0
            impression,b,x,1040,,0,1,2
            impression,b,x,1101,,0,1,3

            """, File.ReadAllText(folder["examples.csv"]));
        Assert.Equal((12L, 4L, 2L, 1L, 1L), (report.Lines, report.Examples, report.Positives, report.Open, report.Unjoined));
    }

    [Fact]
    public void Run_without_lateness_does_not_depend_on_the_order_of_the_lines()
    {
        using var folder = new DataFolder();
        var log = new GeneratedLog(1_500, seed: 2);
        string schema = ExampleFiles.Schema("user_id", "item_id", "time", """{"column": "click"}""", "item_id2").Replace("item_id2", "shelf", StringComparison.Ordinal);
        var random = new Random(3);
        string[] lines = log.Text.TrimEnd('\n').Split('\n');

        // A shelf is the item's by its last line; it is one and the same here, so that order cannot matter through it.
        lines = [lines[0], .. lines[1..].Select(line => string.Join(',', line.Split(',').Select((cell, column) => column == 6 ? "s" : cell))).DistinctBy(line => line.Split(',')[0])];
        ExampleFiles.Export(folder, schema, folder.Write("a.csv", string.Join('\n', lines)), "a.out");
        ExampleFiles.Export(folder, schema, folder.Write("b.csv", string.Join('\n', (string[])[lines[0], .. lines[1..].OrderBy(_ => random.Next())])), "b.out");
        Assert.Equal(File.ReadAllLines(folder["a.out"]).Order(StringComparer.Ordinal), File.ReadAllLines(folder["b.out"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Run_keeps_cells_as_they_are_and_quotes_where_needed()
    {
        using var folder = new DataFolder();
        string schema = """{"name": "x", "label": {"column": "y"}, "user": "u", "item": "i", "time": "t", "fields": [{"name": "h", "side": "user", "kind": "multi", "separator": ";", "from": "last_clicks/2"}]}""";
        folder.Write("in.csv", "u,i,t,y,note\n1,\"a,b\",10,1,\"said \"\"hi\"\"\nthere\"\n1,c,20,1,\n1,d,30,0,x\n,e,40,1,\n");
        ExampleReport report = ExampleFiles.Export(folder, schema, folder["in.csv"]);
        Assert.Equal((4L, 4L, 3L), (report.Lines, report.Examples, report.Positives));
        Assert.Equal("u,i,t,y,note,h\n1,\"a,b\",10,1,\"said \"\"hi\"\"\nthere\",\n1,c,20,1,,\"a,b\"\n1,d,30,0,x,\"c;a,b\"\n,e,40,1,,\n", File.ReadAllText(folder["examples.csv"]));
    }

    [Theory]
    [InlineData("u,i,t\n1,2,3\n", "in.csv: has neither the label's column 'y', which makes each line a sample, nor 'type', which says what kind of event a line is")]
    [InlineData("u,i,type\n1,2,click\n", "in.csv: lacks column 't' (time of the schema); it has: u, i, type")]
    [InlineData("u,i,t,type\n1,2,3,clack\n", "in.csv:2: column 'type': 'clack' is none of impression, click, like, dislike, view, watch, cart, purchase, share, skip")]
    [InlineData("u,i,t,y\n1,2,noon,1\n", "in.csv:2: column 't': 'noon' is no time: expected Unix seconds or milliseconds, or a text such as 2024-05-01T12:00:00Z")]
    [InlineData("u,i,t,y\n1,2,2201-01-01T00:00:00Z,1\n", "in.csv:2: column 't': '2201-01-01T00:00:00Z' is not from 1970 to 2200")]
    [InlineData("u,i,t,y\n1,2,3,2\n", "in.csv:2: column 'y': '2' is neither 0 nor 1; a label of other numbers needs label.at_least in the schema")]
    [InlineData("u,i,t,y,h\n1,2,3,1,\n", "in.csv: has a column 'h' already, which is to be computed")]
    [InlineData("u,i,t,y\n1,a|b,3,1\n1,c,4,1\n", "item 'a|b' has the separator '|' of field 'h' in its id; choose another separator")]
    public void Run_bad_file_is_refused_and_nothing_is_written(string text, string message)
    {
        using var folder = new DataFolder();
        folder.Write("in.csv", text);
        string schema = """{"name": "x", "label": {"column": "y"}, "user": "u", "item": "i", "time": "t", "fields": [{"name": "h", "side": "user", "kind": "multi", "from": "last_clicks/2"}]}""";
        Assert.Equal(message, folder.Error(() => ExampleFiles.Export(folder, schema, folder["in.csv"])));
        Assert.Equal(["in.csv", "schema.json"], Directory.GetFiles(folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_training_file_without_a_derived_column_names_the_verb_that_computes_it()
    {
        using var folder = new DataFolder();
        foreach (string part in (string[])["train.csv", "valid.csv", "test.csv"])
            folder.Write(part, "u,i,t,y\n1,2,3,1\n1,2,4,0\n");
        DataSchema schema = DataSchemaJson.Parse("""{"name": "x", "label": {"column": "y"}, "user": "u", "item": "i", "time": "t", "fields": [{"name": "n", "side": "item", "kind": "numeric", "from": "clicks/7d"}]}"""u8, "s.json");
        Assert.Equal("train.csv: lacks column 'n' (fields[0] of the schema), which is item.clicks/7d; `recserve export examples` computes it", folder.Error(() => folder.ReadFiles(schema)));
    }
}
