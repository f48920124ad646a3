namespace RecServe.Features.Tests;

/// <summary>Every way a schema can be wrong, with the exact message.</summary>
public class DataSchemaJsonBadInputTests
{
    [Theory]
    [InlineData("""{"name": "b", "side": "user", "kind": "categorical", "dim": 0}""", "s.json: fields[1].dim: 0 is outside 1..1024")]
    [InlineData("""{"name": "b", "side": "user", "kind": "categorical", "dim": 1025}""", "s.json: fields[1].dim: 1025 is outside 1..1024")]
    [InlineData("""{"name": "b", "side": "user", "kind": "categorical", "dim": 1.5}""", "s.json: fields[1].dim: expected a whole number, found 1.5")]
    [InlineData("""{"name": "b", "side": "user", "kind": "categorical", "dim": "16"}""", "s.json: fields[1].dim: expected a number, found the text '16'")]
    [InlineData("""{"name": "b", "side": "user", "kind": "categorical", "min_count": 0}""", "s.json: fields[1].min_count: 0 is outside 1..1000000")]
    [InlineData("""{"name": "b", "side": "user", "kind": "category"}""", "s.json: fields[1].kind: 'category' is none of categorical, multi, numeric; did you mean 'categorical'?")]
    [InlineData("""{"name": "b", "side": "user", "kind": "numerc"}""", "s.json: fields[1].kind: 'numerc' is none of categorical, multi, numeric; did you mean 'numeric'?")]
    [InlineData("""{"name": "b", "side": "itm", "kind": "multi"}""", "s.json: fields[1].side: 'itm' is none of user, item, context; did you mean 'item'?")]
    [InlineData("""{"name": "b", "side": "item"}""", "s.json: fields[1].kind: is missing")]
    [InlineData("""{"side": "item", "kind": "multi"}""", "s.json: fields[1].name: is missing")]
    [InlineData("""{"name": "", "side": "item", "kind": "multi"}""", "s.json: fields[1].name: a name has 1 to 200 characters, this one 0")]
    [InlineData("""{"name": "a", "side": "item", "kind": "multi"}""", "s.json: fields[1].name: field 'a' stands twice")]
    [InlineData("""{"name": "y", "side": "item", "kind": "multi"}""", "s.json: label.column: 'y' is also fields[1]; a model must not see its label")]
    [InlineData("""{"name": "b", "side": "item", "kind": "multi", "seperator": ","}""",
        "s.json: fields[1].seperator: unknown member; did you mean 'separator'? (known: name, side, kind, dim, min_count, buckets, separator, pool, transform, from)")]
    [InlineData("""{"name": "b", "side": "item", "kind": "multi", "separator": ", "}""", "s.json: fields[1].separator: expected one character, such as \"|\"")]
    [InlineData("""{"name": "b", "side": "item", "kind": "categorical", "pool": "sum"}""",
        "s.json: fields[1].pool: belongs to kind 'multi'; this field's kind is 'categorical'")]
    [InlineData("""{"name": "b", "side": "item", "kind": "multi", "transform": "standardize"}""",
        "s.json: fields[1].transform: belongs to kind 'numeric'; this field's kind is 'multi'")]
    [InlineData("""{"name": "b", "side": "item", "kind": "multi", "pool": "max"}""", "s.json: fields[1].pool: 'max' is none of mean, sum")]
    [InlineData("""{"name": "b", "side": "item", "kind": "numeric", "transform": "standardise"}""",
        "s.json: fields[1].transform: 'standardise' is none of log_squared_bucket, standardize, value_times_vector; did you mean 'standardize'?")]
    [InlineData("""{"name": "b", "side": "item", "kind": "numeric", "transform": "standardize", "min_count": 2}""",
        "s.json: fields[1].min_count: has no meaning with transform 'standardize', which has one row")]
    [InlineData("""{"name": "b", "side": "item", "kind": "categorical", "buckets": "hash:8", "min_count": 2}""",
        "s.json: fields[1].min_count: has no meaning with hash buckets, which all have a row")]
    [InlineData("""{"name": "b", "side": "item", "kind": "categorical", "buckets": "hash8"}""", "s.json: fields[1].buckets: 'hash8' is neither \"vocabulary\" nor \"hash:N\"")]
    [InlineData("""{"name": "b", "side": "item", "kind": "categorical", "buckets": "hash:0"}""", "s.json: fields[1].buckets: 0 hash buckets are outside 1..10000000")]
    [InlineData("7", "s.json: fields[1]: expected an object, found 7")]
    public void Parse_bad_field_names_the_member(string field, string message) =>
        Fails(DataSchemaJsonTests.Small(field), message);

    [Theory]
    [InlineData(", \"lable\": 1", "s.json: lable: unknown member; did you mean 'label'? (known: name, format, label, tasks, weight, ignore, user, item, time, items, fields)")]
    [InlineData(", \"tasks\": []", "s.json: label: stands beside 'tasks'; give one of them")]
    [InlineData(", \"user\": \"b\"", "s.json: user: 'b' is fields[1], whose side is 'item', not 'user'")]
    [InlineData(", \"item\": \"a\"", "s.json: item: 'a' is fields[0], whose side is 'user', not 'item'")]
    [InlineData(", \"user\": \"u\", \"item\": \"u\"", "s.json: item: 'u' is already the user column")]
    [InlineData(", \"time\": \"y\"", "s.json: time: 'y' is already the label column")]
    [InlineData(", \"weight\": \"b\"", "s.json: weight: 'b' is also fields[1]")]
    [InlineData(", \"ignore\": [\"z\", \"b\"]", "s.json: ignore[1]: 'b' is also fields[1]; a column is used or ignored, not both")]
    [InlineData(", \"items\": {\"file\": \"i.csv\", \"key\": \"b\"}", "s.json: items: needs 'item', the column of the data that is looked up in the items file")]
    [InlineData(", \"item\": \"b\", \"items\": {\"file\": \"i.csv\"}", "s.json: items.key: is missing")]
    [InlineData(", \"format\": {\"delimiter\": \"tab\"}", "s.json: format.delimiter: expected one ASCII character other than a quote or a line break, such as \",\" or \"\\t\"")]
    [InlineData(", \"format\": {\"header\": false}", "s.json: format.header: a file without a header line needs format.columns, the columns' names in order")]
    [InlineData(", \"format\": {\"columns\": [\"a\"]}", "s.json: format.columns: names the columns of a file without a header line; set format.header to false")]
    [InlineData(", \"format\": {\"header\": false, \"columns\": [\"a\", \"a\"]}", "s.json: format.columns[1]: column 'a' stands twice")]
    [InlineData(", \"format\": {\"header\": false, \"columns\": [\"y\", \"a\"]}", "s.json: fields[1].name: 'b' is none of format.columns")]
    [InlineData(", \"format\": {\"header\": \"yes\"}", "s.json: format.header: expected true or false, found the text 'yes'")]
    public void Parse_bad_member_names_it(string more, string message) =>
        Fails(DataSchemaJsonTests.Small("""{"name": "b", "side": "item", "kind": "categorical"}""", more), message);

    [Theory]
    [InlineData("[]", "s.json: the schema: expected an object, found a list")]
    [InlineData("{}", "s.json: name: is missing")]
    [InlineData("""{"name": "a/b"}""", "s.json: name: 'a/b' is no name: letters, digits, '-', '_' and '.', the first one a letter or digit")]
    [InlineData("""{"name": "x", "label": {"column": "y"}, "fields": []}""", "s.json: fields: is empty; a model needs at least one field")]
    [InlineData("""{"name": "x", "label": "y", "fields": [{"name": "a", "side": "user", "kind": "multi"}]}""", "s.json: label: expected an object, found the text 'y'")]
    [InlineData("""{"name": "\ud800"}""", "s.json: a text in it is not valid UTF-8 or has half a surrogate pair")]
    public void Parse_bad_document_says_what_is_wrong(string json, string message) => Fails(json, message);

    [Theory]
    [InlineData("")]
    [InlineData("{\"name\": \"x\",\n \"name\": 1}")]
    [InlineData("{\"name\": \"x\",}")]
    public void Parse_no_json_is_refused(string json) =>
        Assert.StartsWith("s.json: is not valid JSON", Error(json).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_deep_nesting_is_refused() =>
        Assert.StartsWith("s.json: is not valid JSON", Error(new string('[', 100_000)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_more_than_1000_fields_is_refused()
    {
        IEnumerable<string> fields = Enumerable.Range(0, 1001).Select(i => $$"""{"name": "f{{i}}", "side": "user", "kind": "categorical"}""");
        Fails($$"""{"name": "x", "label": {"column": "y"}, "fields": [{{string.Join(",", fields)}}]}""",
            "s.json: fields: has 1,001 entries; at most 1,000 are allowed");
    }

    [Fact]
    public void Parse_more_than_a_mebibyte_is_refused() =>
        Fails(new string(' ', (1 << 20) + 1), "s.json: has 1,048,577 bytes; a schema has at most 1,048,576");

    private static void Fails(string json, string message) => Assert.Equal(message, Error(json).Message);

    private static SchemaException Error(string json) => Assert.Throws<SchemaException>(() => DataSchemaJsonTests.Parse(json));
}
