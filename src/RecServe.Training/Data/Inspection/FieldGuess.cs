using RecServe.Features;

namespace RecServe.Training.Data.Inspection;

/// <summary>Kind and side of a field, from its sampled values.</summary>
internal static class FieldGuess
{
    // Whole numbers with at most this many different values are read as names (ages, hours, codes), more as amounts.
    private const int NamesAtMost = 200;

    // Of the rows of an entity, so many may differ from its first one: a price that changes now and then is still the item's.
    private const double Changes = 0.02;

    // A column that is nearly always the same agrees with anything: it must do ten times better than that.
    private const double ChangesOfRareValues = 0.1;

    public static (FieldSchema Field, string Reason) Kind(ColumnSample column, bool isId)
    {
        var field = new FieldSchema { Name = column.Name, Side = FieldSide.Context, Kind = FieldKind.Categorical };
        if (isId)
            return (field, "an id");
        if (column.ListSeparator() is { } separator)
            return (field with { Kind = FieldKind.Multi, Separator = separator }, $"lists separated by '{separator}'");
        if (!column.IsNumeric || column.Present == 0)
            return (field, "text");
        if (column.IsWhole && (column.Distinct <= NamesAtMost || LooksLikeCode(column.Name)))
            return (field, $"whole numbers, {column.Distinct:N0} different");
        field = field with { Kind = FieldKind.Numeric };
        return column.Least >= 0 && column.Most >= 1000
            ? (field, "large amounts")
            : (field with { Transform = NumericTransform.Standardize }, "numbers");
    }

    public static (FieldSide Side, string Reason) Side(ColumnSample column, RoleGuess roles)
    {
        if (column == roles.User)
            return (FieldSide.User, "the user");
        if (column == roles.Item)
            return (FieldSide.Item, "the item");
        // Where both agree (a small sample), the item wins: what is the item's need not be sent with a request.
        bool? ofItem = IsFunctionOf(column, roles.Item), ofUser = IsFunctionOf(column, roles.User);
        if (ofItem == true)
            return (FieldSide.Item, $"one value for each {roles.Item!.Name}");
        if (ofUser == true)
            return (FieldSide.User, $"one value for each {roles.User!.Name}");
        return (FieldSide.Context, ofItem is null && ofUser is null ? "no repeated user or item shows whose it is" : "changes for the same user and item");
    }

    /// <summary>Whether the column tells the label without fail, by its values or by a threshold.</summary>
    public static bool TellsLabel(ColumnSample column, double[] labels)
    {
        if (column.Distinct < 2)
            return false;
        // With mostly unique values every column "tells" the label.
        if (column.Distinct * 2 <= column.Present)
        {
            var labelOf = new Dictionary<int, double>();
            bool exact = true;
            for (int row = 0; row < labels.Length && exact; row++)
                exact = labelOf.TryAdd(column.Values[row], labels[row]) || labelOf[column.Values[row]] == labels[row];
            if (exact)
                return true;
        }

        if (!column.IsNumeric || column.Present < 20)
            return false;
        (double Least, double Most) Range(double label)
        {
            double[] numbers = [.. column.Numbers.Where((number, row) => labels[row] == label && !double.IsNaN(number))];
            return numbers.Length == 0 ? (double.NaN, double.NaN) : (numbers.Min(), numbers.Max());
        }

        ((double Least, double Most) negative, (double Least, double Most) positive) = (Range(0), Range(1));
        return negative.Most < positive.Least || positive.Most < negative.Least;
    }

    // Null where no entity has two rows.
    private static bool? IsFunctionOf(ColumnSample column, ColumnSample? entity)
    {
        if (entity is null)
            return null;
        var first = new Dictionary<int, int>();
        var counts = new Dictionary<int, int>();
        int repeated = 0, changed = 0;
        for (int row = 0; row < column.Values.Count; row++)
        {
            int value = column.Values[row];
            counts[value] = counts.GetValueOrDefault(value) + 1;
            if (entity.Values[row] < 0 || first.TryAdd(entity.Values[row], value))
                continue;
            repeated++;
            if (first[entity.Values[row]] != value)
                changed++;
        }

        if (repeated == 0)
            return null;
        double rare = 1 - (double)counts.Values.Max() / column.Values.Count, share = (double)changed / repeated;
        return share <= Changes && share <= ChangesOfRareValues * rare;
    }

    private static bool LooksLikeCode(string name) =>
        ((ReadOnlySpan<string>)["id", "code", "no", "zip", "category", "type", "class"]).ToArray().Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));
}
