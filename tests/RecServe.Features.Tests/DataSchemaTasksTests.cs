using System.Text;

namespace RecServe.Features.Tests;

public class DataSchemaTasksTests
{
    private const string Two = """{"name":"watch","column":"watched"},{"name":"like","column":"rating","at_least":8,"loss_weight":0.5,"rank_weight":2}""";

    [Fact]
    public void Parse_tasks_reads_and_writes_every_member()
    {
        DataSchema schema = Parse(Two);
        Assert.Equal(
            [
                new TaskSchema { Name = "watch", Column = "watched" },
                new TaskSchema { Name = "like", Column = "rating", AtLeast = 8, LossWeight = 0.5, RankWeight = 2 },
            ],
            schema.Tasks);
        Assert.Equal(("watched", null), (schema.LabelColumn, schema.LabelAtLeast));
        Assert.Equal(schema.Tasks, DataSchemaJson.Parse(DataSchemaJson.Write(schema), "again").Tasks);
    }

    [Theory]
    [InlineData("", "s.json: tasks: is empty; name at least one task")]
    [InlineData("""{"name":"a","column":"x"},{"name":"a","column":"y"}""", "s.json: tasks[1].name: task 'a' stands twice")]
    [InlineData("""{"name":"a","column":"f"}""", "s.json: tasks[0].column: 'f' is also fields[0]; a model must not see its label")]
    [InlineData("""{"name":"a","column":"x","rank_weight":0}""", "s.json: tasks: every rank_weight is 0: there would be nothing to rank by")]
    [InlineData("""{"name":"a","column":"x","rank_weight":-1}""", "s.json: tasks[0].rank_weight: is -1, expected 0 to 1000")]
    [InlineData("""{"name":"a","column":"x","loss_weight":0}""", "s.json: tasks[0].loss_weight: is 0, expected 1E-06 to 1000")]
    public void Parse_bad_tasks_names_the_member_and_what_is_expected(string tasks, string message) =>
        Assert.Equal(message, Assert.Throws<SchemaException>(() => Parse(tasks)).Message);

    [Fact]
    public void Parse_more_tasks_than_the_limit_is_refused() => Assert.Contains("16",
        Assert.Throws<SchemaException>(() => Parse(string.Join(',', Enumerable.Range(0, 17).Select(i => $$"""{"name":"t{{i}}","column":"x"}""")))).Message);

    private static DataSchema Parse(string tasks) => DataSchemaJson.Parse(Encoding.UTF8.GetBytes(
        $$"""{"name":"s","tasks":[{{tasks}}],"user":"u","fields":[{"name":"f","side":"item","kind":"categorical"},{"name":"u","side":"user","kind":"categorical"}]}"""), "s.json");
}
