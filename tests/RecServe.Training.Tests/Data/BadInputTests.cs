using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

/// <summary>Every way a data file can be wrong, with the exact message. Paths are shortened to file names.</summary>
public class BadInputTests
{
    private static readonly DataSchema Schema = new()
    {
        Name = "x",
        LabelColumn = "click",
        User = "user",
        Time = "when",
        Fields =
        [
            new() { Name = "user", Side = FieldSide.User, Kind = FieldKind.Categorical },
            new() { Name = "price", Side = FieldSide.Item, Kind = FieldKind.Numeric },
        ],
    };

    private const string Header = "user,when,price,click\n";
    private const string Good = "u1,1000,5,1\nu2,1001,6,0\n";

    [Theory]
    [InlineData("u1,1000,abc,1", "train.csv:4: column 'price': 'abc' is no finite number")]
    [InlineData("u1,1000,1e999,1", "train.csv:4: column 'price': '1e999' is no finite number")]
    [InlineData("u1,1000,5,2", "train.csv:4: column 'click': '2' is neither 0 nor 1; a label of other numbers needs label.at_least in the schema")]
    [InlineData("u1,1000,5,", "train.csv:4: column 'click': '' is neither 0 nor 1; a label of other numbers needs label.at_least in the schema")]
    [InlineData("u1,yesterday,5,1", "train.csv:4: column 'when': 'yesterday' is no time: expected Unix seconds or milliseconds, or a text such as 2024-05-01T12:00:00Z")]
    [InlineData("u1,1000,5", "train.csv:4: has 3 columns, expected 4")]
    [InlineData("u1", "train.csv:4: has 1 column, expected 4 (is the delimiter \",\" right?)")]
    [InlineData("u1,1000,5,1,,,,", "train.csv:4: has more than 4 columns, expected 4")]
    [InlineData("\"u1,1000,5,1", "train.csv:4: a quoted cell is not closed")]
    [InlineData("\"u1\"x,1000,5,1", "train.csv:4: column 'user': text follows the closing quote")]
    public void Read_bad_line_is_named_with_its_number_and_reason(string line, string message)
    {
        using var folder = new DataFolder();
        Assert.Equal(message, Error(folder, Header + Good + line + "\n"));
    }

    [Fact]
    public void Read_invalid_utf8_is_a_bad_line()
    {
        using var folder = new DataFolder();
        Others(folder);
        folder.Write("train.csv", [.. "user,when,price,click\nu1,1000,5,1\n"u8, 0xC3, .. ",1000,5,1\n"u8]);
        Assert.Equal("train.csv:3: is not valid UTF-8", folder.Error(() => folder.ReadFiles(Schema)));
    }

    [Fact]
    public void Read_line_over_the_limit_is_a_bad_line()
    {
        using var folder = new DataFolder();
        Assert.Equal("train.csv:4: is longer than 1,048,576 bytes", Error(folder, Header + Good + new string('u', 3 << 20) + ",1000,5,1\n" + Good));
    }

    [Fact]
    public void Read_many_bad_lines_lists_20_and_counts_the_rest()
    {
        using var folder = new DataFolder();
        string message = Error(folder, Header + Good + string.Concat(Enumerable.Repeat("u1,1000,x,1\n", 1025)));
        string[] lines = message.Split('\n');
        Assert.Equal("1,025 bad lines:", lines[0]);
        Assert.Equal("train.csv:4: column 'price': 'x' is no finite number", lines[1]);
        Assert.Equal("train.csv:23: column 'price': 'x' is no finite number", lines[20]);
        Assert.Equal("… and 1,005 more", lines[21]);
        Assert.Equal(22, lines.Length);
    }

    [Fact]
    public void Read_allowed_bad_lines_are_skipped_and_one_more_fails()
    {
        using var folder = new DataFolder();
        Others(folder);
        folder.Write("train.csv", Header + "u1,1000,x,1\n" + Good + "u9,oops,7,1\n");
        TrainingData data = folder.ReadFiles(Schema, maxBadLines: 2);
        Assert.Equal((2, 2L), (data.Train.Samples, data.SkippedLines));
        // A line is taken whole or not at all: u9's id taught nothing.
        Assert.Equal(2, data.Vocabularies[0].Keys.Length);
        Assert.StartsWith("2 bad lines; 1 are allowed:\ntrain.csv:2: ", folder.Error(() => folder.ReadFiles(Schema, maxBadLines: 1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user,when,cost,click\n" + Good, "train.csv: lacks column 'price' (fields[1] of the schema); it has: user, when, cost, click")]
    [InlineData("user,when,pricee,click\n" + Good, "train.csv: lacks column 'price' (fields[1] of the schema); it has: user, when, pricee, click; did you mean 'pricee'?")]
    [InlineData("user,when,price,clicks\n" + Good, "train.csv: lacks column 'click' (label.column of the schema); it has: user, when, price, clicks; did you mean 'clicks'?")]
    [InlineData("user,time,price,click\n" + Good, "train.csv: lacks column 'when' (time of the schema); it has: user, time, price, click")]
    [InlineData("user;when;price;click\nu1;1000;5;1\n", "train.csv: has only one column with the delimiter \",\"; its first line has 3 of \";\": set format.delimiter to \";\"")]
    [InlineData("user\twhen\tprice\tclick\n", "train.csv: has only one column with the delimiter \",\"; its first line has 3 of \"\\t\": set format.delimiter to \"\\t\"")]
    [InlineData("user,when,user,click\n", "train.csv:1: column 3 is named 'user' as column 1 is")]
    [InlineData(Header, "train.csv: has no rows")]
    [InlineData("\n\n", "train.csv: has no lines")]
    [InlineData("", "train.csv: is empty")]
    [InlineData(Header + "u1,1000,5,1\nu2,1001,6,1\n", "train.csv: all 2 training labels are 1; column 'click' tells nothing apart")]
    [InlineData("PK\u0003\u0004zip", "train.csv: is a zip archive; unpack it first")]
    public void Read_bad_file_says_what_is_wrong(string text, string message)
    {
        using var folder = new DataFolder();
        Assert.Equal(message, Error(folder, text));
    }

    [Fact]
    public void Read_absent_empty_or_wrong_files_are_named()
    {
        using var folder = new DataFolder();
        Assert.Equal("train.csv: no such file", folder.Error(() => folder.ReadFiles(Schema)));
        folder.Write("train.csv", Header + Good);
        folder.Write("valid.csv", Header);
        folder.Write("test.csv", Header + Good);
        Assert.Equal("valid.csv: has no rows", folder.Error(() => folder.ReadFiles(Schema)));
        folder.Write("valid.csv", Header + Good);
        folder.Write("test.csv", Header);
        Assert.Equal("test.csv: has no rows", folder.Error(() => folder.ReadFiles(Schema)));
        folder.Write("test.csv", [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Assert.StartsWith("test.csv: cannot be read to its end: ", folder.Error(() => folder.ReadFiles(Schema)), StringComparison.Ordinal);
        folder.Write("test.csv", [0xFF, 0xFE, 65, 0]);
        Assert.Equal("test.csv: is UTF-16 text; save it as UTF-8", folder.Error(() => folder.ReadFiles(Schema)));
        Directory.CreateDirectory(folder["dir"]);
        Assert.Equal("dir: is a folder; expected a file", folder.Error(() => SchemaSource.Load(folder["dir"])));
    }

    [Fact]
    public void Read_items_file_problems_name_that_file()
    {
        using var folder = new DataFolder();
        DataSchema schema = Schema with { Item = "item", ItemsFile = "items.csv", ItemsKey = "id" };
        Others(folder);
        foreach (string file in (string[])["train.csv", "valid.csv", "test.csv"])
            folder.Write(file, "user,when,item,click\nu1,1000,a,1\nu2,1001,b,0\n");
        Assert.Equal("items.csv: no such file", folder.Error(() => folder.ReadFiles(schema)));
        folder.Write("items.csv", "key,price\na,5\n");
        Assert.Equal("items.csv: lacks column 'id' (items.key); it has: key, price", folder.Error(() => folder.ReadFiles(schema)));
        folder.Write("items.csv", "id,cost\na,5\n");
        Assert.Equal("train.csv: lacks column 'price' (fields[1] of the schema); it has: user, when, item, click; items.csv lacks it too", folder.Error(() => folder.ReadFiles(schema)));
        folder.Write("items.csv", "id,price\na,5\na,6\n,7\nb,no\n");
        Assert.Equal(
            "3 bad lines:\nitems.csv:3: column 'id': 'a' stands twice in the file\nitems.csv:4: column 'id': is empty\nitems.csv:5: column 'price': 'no' is no finite number",
            folder.Error(() => folder.ReadFiles(schema)));
    }

    [Theory]
    [InlineData("80/10/10", "split '80/10/10': '80/10/10' is none of per-user-time, time, random")]
    [InlineData("randon:80/10/10", "split 'randon:80/10/10': 'randon' is none of per-user-time, time, random; did you mean 'random'?")]
    [InlineData("random:80/10", "split 'random:80/10': expected three whole percentages of at least 1 that sum to 100, such as random:80/10/10")]
    [InlineData("time:80/20/0", "split 'time:80/20/0': expected three whole percentages of at least 1 that sum to 100, such as time:80/10/10")]
    [InlineData("time:90/10/10", "split 'time:90/10/10': expected three whole percentages of at least 1 that sum to 100, such as time:80/10/10")]
    public void Parse_bad_split_says_what_one_looks_like(string text, string message) =>
        Assert.Equal(message, Assert.Throws<DataFileException>(() => DataSplit.Parse(text)).Message);

    [Fact]
    public void Read_split_that_leaves_a_part_empty_is_refused()
    {
        using var folder = new DataFolder();
        string path = folder.Write("one.csv", Header + Good);
        Assert.Equal("one.csv: split time:80/10/10 leaves no validation samples of 2", folder.Error(() => Split(path, "time:80/10/10", Schema)));
        Assert.Equal("split time:80/10/10: the schema names no 'time' column to order by", folder.Error(() => Split(path, "time:80/10/10", Schema with { Time = null })));
        Assert.Equal("split per-user-time:80/10/10: the schema names no 'user' column", folder.Error(() => Split(path, "per-user-time:80/10/10", Schema with { User = null })));
    }

    [Fact]
    public void Problem_wrong_combinations_of_options_are_usage_errors()
    {
        var csv = new DataSource { Format = DataFormat.Csv, Train = "a.csv" };
        DataSource good = csv with { SchemaPath = "s.json", Valid = "b.csv", Test = "c.csv" };
        Assert.Null(good.Problem());
        Assert.Null(new DataSource { Format = DataFormat.MovieLens, Train = "ml" }.Problem());
        Assert.Equal("format csv needs a schema file (--schema); `recserve inspect data a.csv` proposes one", csv.Problem());
        Assert.Equal("an embedding dim of 0 is outside 1..1024", (good with { Dim = 0 }).Problem());
        Assert.Equal("give either a split or separate files for validation and test, not both", (good with { Split = DataSplit.Parse("time:80/10/10") }).Problem());
        Assert.Equal("a validation file without a test file: give --test too", (good with { Test = null }).Problem());
        Assert.Equal("a test file without a validation file: give --valid too", (good with { Valid = null }).Problem());
        Assert.Equal("give files for validation and test (--valid, --test), or a split such as --split random:80/10/10", (good with { Valid = null, Test = null }).Problem());
        Assert.Equal("format 'cvs' is none of csv, tsv, movielens, criteo, avazu, libsvm", Assert.Throws<DataFileException>(() => DataFormats.Parse("cvs")).Message);
    }

    [Fact]
    public void Read_formats_without_header_name_their_bad_lines()
    {
        using var folder = new DataFolder();
        void Is(DataFormat format, string text, string message) =>
            Assert.Equal(message, folder.Error(() => TrainingDataReader.Read(
                new DataSource { Format = format, Train = folder.Write("f", text), Split = DataSplit.Parse("random:80/10/10") }, null, CancellationToken.None)));
        Is(DataFormat.Criteo, "0\t1\t2\n", "f:1: has 3 columns, expected 40");
        Is(DataFormat.LibSvm, "0 1:1 2:1\n1 1:1\n", "f:2: has 1 pairs, the first line has 2");
        Is(DataFormat.LibSvm, "0 1:1 2:1\n1 1:1 2\n", "f:2: '2' is no pair index:value");
        Is(DataFormat.LibSvm, "0,1,2\n", "f:1: expected a label and 1 to 1,000 pairs index:value, found '0,1,2'");
        Is(DataFormat.Avazu, "id,click,time\n", "f: lacks column 'hour'; it has: id, click, time");
    }

    private static void Split(string path, string split, DataSchema schema) => TrainingDataReader.Read(
        new DataSource { Format = DataFormat.Csv, Train = path, Schema = schema, Split = DataSplit.Parse(split) }, null, CancellationToken.None);

    private static string Error(DataFolder folder, string train)
    {
        Others(folder);
        folder.Write("train.csv", train);
        return folder.Error(() => folder.ReadFiles(Schema));
    }

    private static void Others(DataFolder folder)
    {
        folder.Write("valid.csv", Header + Good);
        folder.Write("test.csv", Header + Good);
    }
}
