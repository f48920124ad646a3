using System.Globalization;
using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>How one file is divided: <c>per-user-time:80/10/10</c>, <c>time:80/10/10</c> or <c>random:80/10/10</c>.</summary>
/// <param name="Kind">By what samples are ordered before they are cut.</param>
/// <param name="Train">Percent of the samples that are learned from; at least 1.</param>
/// <param name="Valid">Percent that choose the epoch; at least 1.</param>
/// <param name="Test">Percent that are measured; at least 1. The three sum to 100.</param>
public sealed record DataSplit(DataSplitKind Kind, int Train, int Valid, int Test)
{
    private static readonly (string Name, DataSplitKind Kind)[] Kinds =
        [("per-user-time", DataSplitKind.PerUserTime), ("time", DataSplitKind.Time), ("random", DataSplitKind.Random)];

    /// <summary>Reads <c>kind:train/valid/test</c>.</summary>
    /// <exception cref="DataFileException">It is no split; the message says what one looks like.</exception>
    public static DataSplit Parse(string text)
    {
        string[] halves = text.Split(':');
        int kind = Array.FindIndex(Kinds, entry => entry.Name == halves[0]);
        if (kind < 0)
        {
            string[] names = [.. Kinds.Select(entry => entry.Name)];
            throw new DataFileException($"split '{text}': '{halves[0]}' is none of {string.Join(", ", names)}{NearestName.Hint(halves[0], names)}");
        }

        string[] parts = halves.Length == 2 ? halves[1].Split('/') : [];
        int[] percent = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0)];
        return percent.Length == 3 && percent.Sum() == 100 && percent.All(n => n >= 1)
            ? new DataSplit(Kinds[kind].Kind, percent[0], percent[1], percent[2])
            : throw new DataFileException($"split '{text}': expected three whole percentages of at least 1 that sum to 100, such as {halves[0]}:80/10/10");
    }

    /// <summary>The split in the form that <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"{Kinds.First(entry => entry.Kind == Kind).Name}:{Train}/{Valid}/{Test}";
}
