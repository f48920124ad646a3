using System.Globalization;
using System.Text;

namespace RecServe.Stream;

/// <summary>How far partitions were applied, or must be: <c>rows:3@184467,rows:4@12</c>, the last message's offset of each.</summary>
public sealed class FreshnessToken
{
    /// <summary>Partitions of a token at most.</summary>
    public const int MostPartitions = 1_024;

    /// <summary>What the token's topic is called.</summary>
    public const string Rows = "rows";

    /// <summary>Makes a token.</summary>
    public FreshnessToken(IReadOnlyList<(int Partition, long Offset)> places) => Places = places;

    /// <summary>The partitions and their offsets.</summary>
    public IReadOnlyList<(int Partition, long Offset)> Places { get; }

    /// <summary>Reads a token.</summary>
    /// <returns>The token, or null if it is none.</returns>
    public static FreshnessToken? Parse(ReadOnlySpan<char> text)
    {
        var places = new List<(int, long)>();
        foreach (Range part in text.Split(','))
        {
            ReadOnlySpan<char> place = text[part];
            int colon = place.IndexOf(':'), at = place.IndexOf('@');
            if (places.Count == MostPartitions || colon < 0 || at < colon || !place[..colon].SequenceEqual(Rows)
                || !int.TryParse(place[(colon + 1)..at], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                || !long.TryParse(place[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
                return null;
            places.Add((partition, offset));
        }

        return new FreshnessToken(places);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((int partition, long offset) in Places)
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{Rows}:{partition}@{offset}");
        return text.ToString();
    }
}
