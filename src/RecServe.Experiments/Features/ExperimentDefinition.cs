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

    internal BucketRange[] Ranges { get; } = [.. Variants.Select(v => v.Range)];

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
