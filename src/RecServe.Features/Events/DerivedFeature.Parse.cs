using System.Globalization;

namespace RecServe.Features;

public sealed partial record DerivedFeature
{
    private const string Last = "last_", Seen = "last_seen", Rate = "ctr";

    /// <summary>Reads the text of a derived feature.</summary>
    /// <param name="text">The text; a scope that it does not name is that of <paramref name="side"/>.</param>
    /// <param name="side">Side of the field, user or item.</param>
    /// <param name="feature">The feature; null where it is none.</param>
    /// <returns>Null, or what is wrong with the text.</returns>
    public static string? Parse(string text, FieldSide side, out DerivedFeature? feature)
    {
        feature = null;
        int dot = text.LastIndexOf('.');

        // A dot of a prior, as in ctr(0.5,20)/7d, ends no scope; one of a category's name does not end it either.
        int open = text.IndexOf('(');
        if (open >= 0)
            dot = text[..open].LastIndexOf('.');
        string scope = dot < 0 ? "" : text[..dot], measure = text[(dot + 1)..];
        EventScope read;
        string category = "";
        switch (scope)
        {
            case "":
                read = side == FieldSide.User ? EventScope.User : EventScope.Item;
                break;
            case "user" or "item":
                read = scope == "user" ? EventScope.User : EventScope.Item;
                break;
            default:
                if (!scope.StartsWith("user*", StringComparison.Ordinal) || scope.Length == 5)
                    return $"'{scope}' is none of user, item, user*FIELD";
                (read, category) = (EventScope.UserCategory, scope[5..]);
                break;
        }

        return Measured(measure, new DerivedFeature { Scope = read, Category = category, Measure = EventMeasure.LastSeen }, out feature);
    }

    private static string? Measured(string text, DerivedFeature scoped, out DerivedFeature? feature)
    {
        feature = null;
        if (text == Seen)
        {
            feature = scoped;
            return null;
        }

        int slash = text.IndexOf('/');
        string name = slash < 0 ? text : text[..slash], size = slash < 0 ? "" : text[(slash + 1)..];
        if (name.StartsWith(Last, StringComparison.Ordinal) && InteractionNames.TryParse(name.AsSpan(Last.Length), plural: true, out InteractionType type))
        {
            if (scoped.Scope != EventScope.User)
                return $"'{name}' is known of users alone";
            if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int items) || items is < 1 or > EventLimits.History)
                return $"'{name}' needs how many items, {name}/1 to {name}/{EventLimits.History}";
            feature = scoped with { Measure = EventMeasure.LastItems, Type = type, Items = items };
            return null;
        }

        DerivedFeature counted = scoped;
        if (InteractionNames.TryParse(name, plural: true, out type))
            counted = scoped with { Measure = EventMeasure.Count, Type = type };
        else if (name != Rate && !(name.StartsWith(Rate + "(", StringComparison.Ordinal) && name[^1] == ')'))
            return $"'{name}' is none of {Seen}, {Rate}, {Last}TYPE, {string.Join(", ", InteractionNames.Plurals)}";
        else if (Prior(name, out double clicks, out double impressions) is { } problem)
            return problem;
        else
            counted = scoped with { Measure = EventMeasure.ClickRate, PriorClicks = clicks, PriorImpressions = impressions };

        if (EventWindow.All.FirstOrDefault(window => window.Name == size) is not { } window)
            return $"'{name}' needs a window, one of {string.Join(", ", EventWindow.All.Select(one => $"{name}/{one}"))}";
        feature = counted with { Window = window };
        return null;
    }

    private static string? Prior(string name, out double clicks, out double impressions)
    {
        (clicks, impressions) = (0, 0);
        if (name.Length == Rate.Length)
            return null;
        string[] numbers = name[(Rate.Length + 1)..^1].Split(',');
        return numbers.Length == 2
            && double.TryParse(numbers[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out clicks)
            && double.TryParse(numbers[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out impressions)
            && impressions is > 0 and <= EventLimits.Prior && clicks <= impressions
            ? null
            : $"'{name}' needs two numbers, {Rate}(clicks,impressions): clicks at most impressions, impressions above 0 and at most {EventLimits.Prior}";
    }
}
