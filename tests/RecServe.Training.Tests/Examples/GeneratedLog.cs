using System.Text;

namespace RecServe.Training.Tests.Examples;

/// <summary>One line of a generated log.</summary>
internal sealed record GeneratedLine(string Id, string Ranking, string User, string Item, string Type, long Time, string Shelf)
{
    public string Text => $"{Id},{Ranking},{User},{Item},{Type},{Time},{Shelf},{(Type == "impression" ? "imp" : "act")}";
}

/// <summary>
/// A log of impressions and what came of them over 30 days, in the order of arrival: up to 75 minutes late, some lines twice, clicks with and without the ranking that they belong to.
/// </summary>
internal sealed class GeneratedLog
{
    public const string Header = "event_id,ranking_id,user_id,item_id,type,time,shelf,kind";

    public GeneratedLog(int impressions, int seed)
    {
        var random = new Random(seed);
        var happened = new List<(GeneratedLine Line, long Arrival)>();
        long time = 1_767_225_600_000;
        int next = 0;
        void Add(GeneratedLine line)
        {
            happened.Add((line, line.Time + random.NextInt64(75 * 60_000)));
            if (random.Next(15) == 0)
                happened.Add((line, line.Time + random.NextInt64(75 * 60_000)));
        }

        for (int i = 0; i < impressions; i++)
        {
            time += random.Next(5) == 0 ? 0 : random.NextInt64(2 * 30L * 86_400_000 / impressions);
            int item = Math.Min(random.Next(60), random.Next(60));
            string user = $"u{Math.Min(random.Next(40), random.Next(40))}", ranking = random.Next(3) == 0 ? "" : $"r{i / 3}";

            // An item may move to another shelf, be on several, or on none.
            string shelf = item % 9 == 0 ? "" : item % 4 == 0 && i > impressions / 2 ? "new" : $"s{item % 5}|s{item % 3}";
            var shown = new GeneratedLine($"e{next++}", ranking, user, $"i{item}", "impression", time, shelf);
            Add(shown);
            if (random.Next(3) == 0)
                Add(shown with { Id = $"e{next++}", Type = "click", Time = time + random.NextInt64(45 * 60_000), Ranking = random.Next(4) == 0 ? "" : ranking });
            if (random.Next(30) == 0)
                Add(shown with { Id = $"e{next++}", Type = "click", Time = time + random.NextInt64(60_000), Ranking = "r-unknown" });
        }

        Lines = [.. happened.OrderBy(one => one.Arrival).Select(one => one.Line)];
        var text = new StringBuilder(Header + "\n");
        foreach (GeneratedLine line in Lines)
            text.Append(line.Text).Append('\n');
        Text = text.ToString();
    }

    public IReadOnlyList<GeneratedLine> Lines { get; }

    public string Text { get; }

    /// <summary>The lines that count: none whose id counts already, none later than the lateness behind the newest that counts.</summary>
    public List<GeneratedLine> Accepted(long latenessMs)
    {
        var accepted = new List<GeneratedLine>();
        var ids = new HashSet<string>();
        long newest = 0;
        foreach (GeneratedLine line in Lines)
        {
            if (line.Time < newest - latenessMs || !ids.Add(line.Id))
                continue;
            newest = Math.Max(newest, line.Time);
            accepted.Add(line);
        }

        return accepted;
    }

    /// <summary>Whether some click belongs to an impression.</summary>
    public bool IsClicked(GeneratedLine impression, List<GeneratedLine> accepted, long windowMs) =>
        accepted.Any(click => click.Type == "click" && Belongs(click, impression, windowMs) && ReferenceEquals(Owner(click, accepted), impression));

    private static GeneratedLine? Owner(GeneratedLine click, List<GeneratedLine> accepted) => accepted
        .Where(line => line.Type == "impression" && Belongs(click, line, long.MaxValue)).OrderBy(line => line.Time).LastOrDefault();

    private static bool Belongs(GeneratedLine click, GeneratedLine impression, long windowMs) =>
        impression.Item == click.Item && (click.Ranking.Length > 0 ? impression.Ranking == click.Ranking : impression.User == click.User)
        && impression.Time <= click.Time && click.Time - impression.Time <= windowMs;
}
