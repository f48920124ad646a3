namespace RecServe.Training.Data.Inspection;

/// <summary>Which columns are the label, the user, the item and the time, by their names and values.</summary>
internal sealed class RoleGuess
{
    private static readonly string[] Labels =
        ["label", "click", "clicked", "isclick", "like", "liked", "target", "y", "conversion", "converted", "purchase", "purchased", "bought", "watched", "response", "engaged"];

    private static readonly string[] Ratings = ["rating", "stars", "score", "grade"];

    private static readonly string[] Users = ["userid", "user", "uid", "customerid", "customer", "visitorid", "visitor", "memberid", "member", "accountid", "account"];

    private static readonly string[] Items =
        ["itemid", "item", "iid", "movieid", "movie", "productid", "product", "sku", "articleid", "article", "videoid", "video", "songid", "trackid", "bookid", "animeid", "adid", "postid", "contentid"];

    private static readonly string[] Times = ["timestamp", "time", "ts", "datetime", "date", "eventtime", "createdat", "when"];

    /// <summary>The label column, or null where none looks like one.</summary>
    public ColumnSample? Label { get; private init; }

    /// <summary>A rating at or above this is positive; null for a column of 0 and 1.</summary>
    public double? AtLeast { get; private init; }

    /// <summary>Whether the label's name said so, rather than its values alone.</summary>
    public bool LabelByName { get; private init; }

    public ColumnSample? User { get; private init; }

    public ColumnSample? Item { get; private init; }

    public ColumnSample? Time { get; private init; }

    public static RoleGuess Of(IReadOnlyList<ColumnSample> columns)
    {
        ColumnSample[] binary = [.. columns.Where(IsBinary)];
        ColumnSample? label = Named(binary, Labels);
        bool byName = label is not null;
        ColumnSample? rating = label is null ? Named([.. columns.Where(IsRating)], Ratings) : null;
        // A lone column of 0 and 1 is taken at its word; several need a name, the last being the usual place.
        label ??= rating ?? binary.LastOrDefault();
        return new RoleGuess
        {
            Label = label,
            AtLeast = rating is null ? null : Math.Ceiling(rating.Most * 0.8 * 2) / 2,
            LabelByName = byName || rating is not null,
            User = Named([.. columns.Where(column => column != label && column.Distinct > 1)], Users),
            Item = Named([.. columns.Where(column => column != label && column.Distinct > 1)], Items),
            Time = Named([.. columns.Where(column => column != label && column.IsTime && column.Distinct > 1)], Times),
        };
    }

    private static bool IsBinary(ColumnSample column) =>
        column is { IsNumeric: true, IsWhole: true, Missing: 0, Distinct: 2, Least: 0, Most: 1 };

    private static bool IsRating(ColumnSample column) =>
        column is { IsNumeric: true, Missing: 0, Distinct: > 2 and <= 101, Least: >= 0, Most: <= 100 };

    // Names are tried in order, so that "userId" wins over "member" whatever the order of the columns.
    private static ColumnSample? Named(IReadOnlyList<ColumnSample> columns, string[] names) =>
        names.Select(name => columns.FirstOrDefault(column => Plain(column.Name) == name)).FirstOrDefault(column => column is not null);

    private static string Plain(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}
