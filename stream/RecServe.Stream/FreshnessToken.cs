using System.Globalization;
using System.Text;

namespace RecServe.Stream;

/// <summary>How far partitions of topics were applied, or must be: <c>rows:3@184467,features:0@12</c>, the last message's offset of each.</summary>
public sealed class FreshnessToken
{
    /// <summary>Partitions of a token at most.</summary>
    public const int MostPartitions = 1_024;

    /// <summary>What the topics are called in tokens, whatever they are called in Kafka.</summary>
    public const string Rows = "rows", Features = "features", Experiments = "experiments", Events = "events";

    private static readonly string[] Topics = [Rows, Features, Experiments, Events];

    /// <summary>Makes a token.</summary>
    public FreshnessToken(IReadOnlyList<FreshnessPlace> places) => Places = places;

    /// <summary>Makes a token of one place.</summary>
    public FreshnessToken(string topic, int partition, long offset) : this([new FreshnessPlace(topic, partition, offset)])
    {
    }

    /// <summary>The partitions and their offsets.</summary>
    public IReadOnlyList<FreshnessPlace> Places { get; }

    /// <summary>The places of both.</summary>
    public FreshnessToken With(FreshnessToken other) => other.Places.Count == 0 ? this : new([.. Places, .. other.Places]);

    /// <summary>Whether it has a place in a topic.</summary>
    public bool Names(string topic)
    {
        foreach (FreshnessPlace place in Places)
        {
            if (place.Topic == topic)
                return true;
        }

        return false;
    }

    /// <summary>Reads a token.</summary>
    /// <returns>The token, or null if it is none.</returns>
    public static FreshnessToken? Parse(ReadOnlySpan<char> text)
    {
        var places = new List<FreshnessPlace>();
        foreach (Range part in text.Split(','))
        {
            ReadOnlySpan<char> place = text[part];
            int colon = place.IndexOf(':'), at = place.IndexOf('@');
            if (places.Count == MostPartitions || colon < 0 || at < colon || TopicOf(place[..colon]) is not { } topic
                || !int.TryParse(place[(colon + 1)..at], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                || !long.TryParse(place[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
                return null;
            places.Add(new FreshnessPlace(topic, partition, offset));
        }

        return new FreshnessToken(places);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((string topic, int partition, long offset) in Places)
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{topic}:{partition}@{offset}");
        return text.ToString();
    }

    private static string? TopicOf(ReadOnlySpan<char> name)
    {
        foreach (string topic in Topics)
        {
            if (name.SequenceEqual(topic))
                return topic;
        }

        return null;
    }
}
