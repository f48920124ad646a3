using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>The schemas of the formats that need no schema file.</summary>
internal static class BuiltInSchemas
{
    public static DataSchema MovieLens { get; } = new()
    {
        Name = "movielens",
        LabelColumn = "rating",
        LabelAtLeast = 4,
        User = "userId",
        Item = "movieId",
        Time = "timestamp",
        ItemsFile = "movies.csv",
        ItemsKey = "movieId",
        Fields =
        [
            Category("userId", FieldSide.User),
            Category("hour", FieldSide.Context),
            Category("weekday", FieldSide.Context),
            Category("movieId", FieldSide.Item),
            new FieldSchema { Name = "genres", Side = FieldSide.Item, Kind = FieldKind.Multi },
            Category("year", FieldSide.Item),
        ],
    };

    // Anonymous columns: all on the item side, so that each candidate of a request carries its own. min_count as in the public Criteo_x4 split.
    public static DataSchema Criteo { get; } = new()
    {
        Name = "criteo",
        Delimiter = '\t',
        Header = false,
        Columns = ["label", .. Numbered("I", 13), .. Numbered("C", 26)],
        LabelColumn = "label",
        Fields =
        [
            .. Numbered("I", 13).Select(name => new FieldSchema { Name = name, Side = FieldSide.Item, Kind = FieldKind.Numeric, MinCount = 10 }),
            .. Numbered("C", 26).Select(name => Category(name, FieldSide.Item) with { MinCount = 10 }),
        ],
    };

    // The page and the device surround a request; the banner columns are the advertisement's. min_count as in the public Avazu_x4 split.
    public static DataSchema Avazu { get; } = new()
    {
        Name = "avazu",
        LabelColumn = "click",
        Time = "timestamp",
        Ignore = ["id"],
        Fields =
        [
            .. ((string[])["hour", "weekday", "is_weekend", "site_id", "site_domain", "site_category", "app_id", "app_domain", "app_category",
                "device_id", "device_ip", "device_model", "device_type", "device_conn_type"]).Select(name => Category(name, FieldSide.Context) with { MinCount = 2 }),
            .. ((string[])["C1", "banner_pos", .. Enumerable.Range(14, 8).Select(i => $"C{i}")]).Select(name => Category(name, FieldSide.Item) with { MinCount = 2 }),
        ],
    };

    /// <summary>Position p of every line is a categorical field <c>f{p}</c> whose value is the index; on the item side, as nothing says otherwise.</summary>
    public static DataSchema LibSvm(int pairs) => new()
    {
        Name = "libsvm",
        LabelColumn = "label",
        Fields = [.. Numbered("f", pairs).Select(name => Category(name, FieldSide.Item))],
    };

    private static IEnumerable<string> Numbered(string prefix, int count) => Enumerable.Range(1, count).Select(i => $"{prefix}{i}");

    private static FieldSchema Category(string name, FieldSide side) => new() { Name = name, Side = side, Kind = FieldKind.Categorical };
}
