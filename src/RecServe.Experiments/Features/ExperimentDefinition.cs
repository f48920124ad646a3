using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>One experiment of a file: the rule of a feature that splits units between variants. Immutable.</summary>
/// <param name="Key">Its name in results and overrides.</param>
/// <param name="Name">A longer name for people, or null.</param>
/// <param name="Feature">Key of the feature whose value it decides.</param>
/// <param name="HashAttribute">Attribute that names the unit; <c>id</c> by default.</param>
/// <param name="HashVersion">1 or 2.</param>
/// <param name="Seed">Seed of its buckets; its key by default.</param>
/// <param name="Variants">Two or more.</param>
public sealed record ExperimentDefinition(string Key, string? Name, string Feature, string HashAttribute, int HashVersion, string Seed,
    IReadOnlyList<ExperimentVariant> Variants)
{
    /// <summary>Share of units that the experiment takes in, where nothing else excludes them: 0 to 1.</summary>
    public double Coverage => Variants.Sum(v => v.Range.End - v.Range.Start);

    /// <summary>Whether it takes units in; a paused one takes in none but those that a request forces.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>The rule as it was written.</summary>
    internal JsonElement Rule { get; init; }

    internal BucketRange[] Ranges { get; } = [.. Variants.Select(v => v.Range)];

    /// <summary>Writes the experiment as a definition that <see cref="PublishedExperiment.Parse"/> reads: its rule, with its key and its feature in it.</summary>
    public void WriteDefinition(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("key"u8, Key);
        json.WriteString("feature"u8, Feature);
        foreach (JsonProperty member in Rule.EnumerateObject())
        {
            if (!member.NameEquals("key"u8))
                member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    /// <summary>Index of a variant by its key, or −1.</summary>
    public int IndexOf(string variant)
    {
        for (int i = 0; i < Variants.Count; i++)
        {
            if (Variants[i].Key == variant)
                return i;
        }

        return -1;
    }
}
