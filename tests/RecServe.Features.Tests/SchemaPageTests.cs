using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RecServe.Features.Tests;

/// <summary>docs/formats/schema.md promises keys to the digit; its example and its table are checked here.</summary>
public partial class SchemaPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "formats", "schema.md"));

    [Fact]
    public void Example_of_the_page_is_a_valid_schema()
    {
        string json = Page.Split("```json\n")[1].Split("```")[0];
        Assert.Equal("movies", DataSchemaJson.Parse(Encoding.UTF8.GetBytes(json), "schema.md").Name);
    }

    [Fact]
    public void Table_of_cells_has_the_keys_and_weights_that_the_encoder_gives()
    {
        MatchCollection rows = Rows().Matches(Page);
        Assert.Equal(9, rows.Count);
        foreach (Match row in rows)
        {
            var column = new FeatureColumn();
            string cell = row.Groups["cell"].Value.Replace("\\|", "|", StringComparison.Ordinal);
            Assert.Equal(EncodeStatus.Ok, new FieldEncoder(Field(row.Groups["field"].Value)).Encode(Encoding.UTF8.GetBytes(cell), column));
            column.EndSample();
            (ulong, float)[] entries = [.. row.Groups["entries"].Value.Split(", ").Select(entry => entry.Split(" × "))
                .Select(pair => (ulong.Parse(pair[0], CultureInfo.InvariantCulture), float.Parse(pair[1], CultureInfo.InvariantCulture)))];
            Assert.Equal(entries, column.Keys.ToArray().Zip(column.Weights.ToArray()));
        }
    }

    [Fact]
    public void Limits_of_the_page_are_those_of_the_code()
    {
        foreach (int limit in (int[])[SchemaLimits.Bytes, SchemaLimits.Fields, SchemaLimits.Columns, SchemaLimits.Dim, SchemaLimits.MinCount, SchemaLimits.HashBuckets])
            Assert.Contains(limit.ToString("N0", CultureInfo.InvariantCulture), Page, StringComparison.Ordinal);
        Assert.Contains($"1 to {SchemaLimits.NameLength} characters", Page, StringComparison.Ordinal);
    }

    private static FieldSchema Field(string words)
    {
        var field = new FieldSchema { Name = "f", Side = FieldSide.User, Kind = FieldKind.Categorical };
        return words switch
        {
            "categorical" => field,
            "categorical, `hash:100`" => field with { HashBuckets = 100 },
            "multi, `mean`" => field with { Kind = FieldKind.Multi },
            "numeric, `log_squared_bucket`" => field with { Kind = FieldKind.Numeric },
            "numeric, `value_times_vector`" => field with { Kind = FieldKind.Numeric, Transform = NumericTransform.ValueTimesVector },
            _ => throw new InvalidOperationException($"the page names a field '{words}' that this test does not know"),
        };
    }

    [GeneratedRegex(@"^\| (?<field>[^|]+) \| `(?<cell>.*)`[^|]* \| (?<entries>\d+ × .*) \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
