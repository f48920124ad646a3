using RecServe.Features;
using RecServe.Training.Data;
using RecServe.Training.Data.Inspection;

namespace RecServe.Training.Tests.Data;

public class SchemaProposalTests
{
    [Fact]
    public void FromFile_shop_gets_roles_kinds_and_sides_right()
    {
        using var folder = new DataFolder();
        SchemaProposal proposal = SchemaProposal.FromFile(Shop(folder), CancellationToken.None);
        DataSchema schema = proposal.Schema!;
        Assert.Equal(("clicks", ',', true), (schema.Name, schema.Delimiter, schema.Header));
        Assert.Equal(("clicked", null), (schema.LabelColumn, schema.LabelAtLeast));
        Assert.Equal(("user", "item", "time"), (schema.User, schema.Item, schema.Time));
        Assert.Equal(
            [
                ("user", FieldSide.User, FieldKind.Categorical), ("country", FieldSide.User, FieldKind.Categorical),
                ("item", FieldSide.Item, FieldKind.Categorical), ("genres", FieldSide.Item, FieldKind.Multi),
                ("price", FieldSide.Item, FieldKind.Numeric), ("hour", FieldSide.Context, FieldKind.Categorical),
            ],
            schema.Fields.Select(field => (field.Name, field.Side, field.Kind)));
        Assert.Equal(NumericTransform.Standardize, schema.Fields[4].Transform);
        Assert.Equal(["row", "shop", "dwell"], schema.Ignore);
        Assert.Equal(
            [
                "'row' is left out: a different value on every line", "'shop' is left out: always the same value",
                "'dwell' is left out: tells the label without fail: known only afterwards?",
            ],
            proposal.Warnings);
        ColumnStatistics country = proposal.Columns.Single(column => column.Name == "country");
        Assert.Equal((3, 0), (country.Distinct, country.Missing));
        Assert.Equal(["DE", "FR", "JP"], country.Examples);
    }

    [Fact]
    public void FromFile_proposal_trains_without_a_change()
    {
        using var folder = new DataFolder();
        string path = Shop(folder);
        byte[] written = DataSchemaJson.Write(SchemaProposal.FromFile(path, CancellationToken.None).Schema!);
        TrainingData data = TrainingDataReader.Read(
            new DataSource { Format = DataFormat.Csv, Train = path, SchemaPath = folder.Write("schema.json", written), Split = DataSplit.Parse("time:80/10/10") },
            null,
            CancellationToken.None);
        Assert.Equal(400, data.Train.Samples);
    }

    [Theory]
    [InlineData("\t")]
    [InlineData(";")]
    [InlineData("|")]
    public void FromFile_other_delimiters_are_found(string delimiter)
    {
        using var folder = new DataFolder();
        string text = "user,item,label\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"u{i % 4},\"i,{i % 7}\",{i % 2}\n"));
        string path = folder.Write("a.txt", text.Replace("\",", "\"" + delimiter, StringComparison.Ordinal)
            .Replace(",\"", delimiter + "\"", StringComparison.Ordinal).Replace("user,item,label", $"user{delimiter}item{delimiter}label", StringComparison.Ordinal));
        Assert.Equal(delimiter[0], SchemaProposal.FromFile(path, CancellationToken.None).Schema!.Delimiter);
    }

    [Fact]
    public void FromFile_without_header_names_columns_by_number()
    {
        using var folder = new DataFolder();
        string path = folder.Write("a.csv", string.Concat(Enumerable.Range(0, 40).Select(i => $"{i % 2},x{i % 3},{i % 5}\n")));
        SchemaProposal proposal = SchemaProposal.FromFile(path, CancellationToken.None);
        Assert.False(proposal.Schema!.Header);
        Assert.Equal(["c1", "c2", "c3"], proposal.Schema.Columns);
        Assert.Equal("c1", proposal.Schema.LabelColumn);
        Assert.Contains("'c1' is taken as the label because its values are 0 and 1", proposal.Warnings);
    }

    [Fact]
    public void FromFile_ratings_become_positive_from_80_percent_of_the_best()
    {
        using var folder = new DataFolder();
        string path = folder.Write("r.csv", "user_id,anime_id,rating\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i % 7},{i % 11},{i % 10 + 1}\n")));
        DataSchema schema = SchemaProposal.FromFile(path, CancellationToken.None).Schema!;
        Assert.Equal(("rating", 8.0), (schema.LabelColumn, schema.LabelAtLeast));
        Assert.Equal(("user_id", "anime_id"), (schema.User, schema.Item));
    }

    [Fact]
    public void FromFile_side_allows_few_changes_but_not_agreement_by_rarity()
    {
        using var folder = new DataFolder();
        // price: of each item, changed once in 100 rows. promo: 1 on one row in 100, whatever the item.
        string path = folder.Write("a.csv", "user,item,price,promo,label\n" + string.Concat(Enumerable.Range(0, 2000).Select(i =>
            $"u{i % 13},i{i % 10}, p{(i % 100 == 57 ? "x" : i % 10)},{(i % 100 == 42 ? 1 : 2)},{i % 3 % 2}\n")));
        SchemaProposal proposal = SchemaProposal.FromFile(path, CancellationToken.None);
        Assert.Equal(FieldSide.Item, proposal.Schema!.Fields.Single(field => field.Name == "price").Side);
        Assert.Equal(FieldSide.Context, proposal.Schema.Fields.Single(field => field.Name == "promo").Side);
        Assert.Equal(["values begin or end with a space in price: a request must send the same spaces"], proposal.Warnings);
    }

    [Fact]
    public void FromFile_without_label_proposes_nothing_and_says_why()
    {
        using var folder = new DataFolder();
        string path = folder.Write("a.csv", "user,item\nu1,i1\nu2,i2\n");
        SchemaProposal proposal = SchemaProposal.FromFile(path, CancellationToken.None);
        Assert.Null(proposal.Schema);
        Assert.Contains("no column looks like a label: none has the values 0 and 1 alone, and none is a rating", proposal.Warnings);
    }

    [Theory]
    [InlineData("just one column\nof text\n", "a.csv: no delimiter among comma, tab, semicolon and | gives its lines the same number of columns, more than one")]
    [InlineData("user,label\n", "a.csv: has no rows")]
    [InlineData("", "a.csv: is empty")]
    public void FromFile_unusable_file_is_refused(string text, string message)
    {
        using var folder = new DataFolder();
        string path = folder.Write("a.csv", text);
        Assert.Equal(message, folder.Error(() => SchemaProposal.FromFile(path, CancellationToken.None)));
    }

    [SharedDataFact("movielens-small")]
    public void FromFile_movielens_ratings_are_recognised()
    {
        DataSchema schema = SchemaProposal.FromFile(Path.Combine(SharedData.Folder("movielens-small"), "ratings.csv"), CancellationToken.None).Schema!;
        Assert.Equal(("rating", 4.0), (schema.LabelColumn, schema.LabelAtLeast));
        Assert.Equal(("userId", "movieId", "timestamp"), (schema.User, schema.Item, schema.Time));
        Assert.Equal(["userId", "movieId"], schema.Fields.Select(field => field.Name));
    }

    private static string Shop(DataFolder folder) => folder.Write(
        "clicks.csv",
        "row,user,country,item,genres,price,hour,time,shop,dwell,clicked\n" + string.Concat(Enumerable.Range(0, 500).Select(i =>
        {
            int user = i * 7 % 23, item = i * i % 31, clicked = i * 13 % 5 / 3;
            string genre = item % 2 == 0 ? $"g{item % 3}|g{item % 5}" : $"g{item % 3}";
            return $"{i},u{user},{((string[])["DE", "FR", "JP"])[user % 3]},i{item},{genre},{DataFolder.Number(item * 0.5 + 0.25)},{i % 24},{1700000000 + i},s,{clicked * 30 + i % 7},{clicked}\n";
        })));
}
