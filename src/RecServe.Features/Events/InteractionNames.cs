namespace RecServe.Features;

/// <summary>The types of interactions by the names that events, schemas and answers use.</summary>
public static class InteractionNames
{
    private static readonly string[] Singular = [.. Enum.GetNames<InteractionType>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] Plural = [.. Singular.Select(name => name.EndsWith("sh", StringComparison.Ordinal) || name.EndsWith("ch", StringComparison.Ordinal) ? name + "es" : name + "s")];

    /// <summary>impression, click, like, …: what an event's type is called.</summary>
    public static IReadOnlyList<string> All => Singular;

    /// <summary>impressions, clicks, watches, …: what counts of them are called.</summary>
    public static IReadOnlyList<string> Plurals => Plural;

    /// <summary>The name of a type.</summary>
    public static string Of(InteractionType type) => Singular[(int)type];

    /// <summary>The name of many of a type.</summary>
    public static string PluralOf(InteractionType type) => Plural[(int)type];

    /// <summary>Reads a type's name, or with <paramref name="plural"/> the name of many.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, bool plural, out InteractionType type)
    {
        string[] names = plural ? Plural : Singular;
        for (int i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
            {
                type = (InteractionType)i;
                return true;
            }
        }

        type = default;
        return false;
    }
}
