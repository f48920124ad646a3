using System.Globalization;
using RecServe.Features;

namespace RecServe.Training.Tests.Examples;

/// <summary>One event as a person reads it in the file.</summary>
internal sealed record PlainEvent(string User, string Item, string Type, long Time);

/// <summary>
/// Features at a moment, recomputed from all events of the user or item as the words of docs/formats/events.md have them; the text that the cell must have.
/// </summary>
internal sealed class ReferenceFeatures
{
    private readonly ILookup<string, PlainEvent> _byUser, _byItem;
    private readonly Func<string, string> _categoryOf;

    public ReferenceFeatures(IReadOnlyCollection<PlainEvent> events, Func<string, string> categoryOf)
    {
        _byUser = events.ToLookup(one => one.User);
        _byItem = events.ToLookup(one => one.Item);
        _categoryOf = categoryOf;
    }

    /// <summary>The cell of a feature for a user and an item at a time.</summary>
    public string Cell(string feature, string user, string item, long time)
    {
        string scope = feature[..feature.LastIndexOf('.')], measure = feature[(feature.LastIndexOf('.') + 1)..];
        PlainEvent[] events = [.. (scope switch
        {
            "user" => _byUser[user],
            "item" => _byItem[item],
            _ => _categoryOf(item).Length == 0 ? [] : _byUser[user].Where(one => _categoryOf(one.Item) == _categoryOf(item)),
        }).Where(one => one.Time < time)];
        if (scope.StartsWith("user*", StringComparison.Ordinal) && _categoryOf(item).Length == 0)
            return "";
        PlainEvent[] month = [.. events.Where(one => one.Time >= time - 2_592_000_000)];
        if (measure == "last_seen")
            return month.Length == 0 ? "" : Number((time - month.Max(one => one.Time)) / 1000);
        string[] parts = measure.Split('/');
        if (measure.StartsWith("last_clicks", StringComparison.Ordinal))
        {
            return string.Join('|', month.Where(one => one.Type == "click").GroupBy(one => one.Item)
                .OrderByDescending(group => group.Max(one => one.Time)).ThenBy(group => RowKey.Hash64(System.Text.Encoding.UTF8.GetBytes(group.Key)))
                .Select(group => group.Key).Take(int.Parse(parts[1], CultureInfo.InvariantCulture)));
        }

        (long slot, int slots) = parts[1] switch { "1h" => (60_000, 60), "24h" => (900_000, 96), _ => (3_600_000, 168) };
        long start = ((time / slot) - slots + 1) * slot;
        int Count(string type) => events.Count(one => one.Type == type && one.Time >= start);
        return parts[0] switch
        {
            "clicks" => Number(Count("click")),
            "impressions" => Number(Count("impression")),
            "ctr" => Count("impression") == 0 ? "" : Number(Count("click") / (double)Count("impression")),
            "ctr(1,20)" => Number((Count("click") + 1.0) / (Count("impression") + 20.0)),
            _ => throw new ArgumentException(feature),
        };
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
