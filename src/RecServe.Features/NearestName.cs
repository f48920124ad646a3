namespace RecServe.Features;

/// <summary>Finds the name that a misspelt one probably meant, for error messages.</summary>
public static class NearestName
{
    /// <summary>
    /// The candidate with the fewest single-character edits to <paramref name="name"/> (case ignored; the first of equals), or null where
    /// even that one differs in more than two fifths of its characters (one edit is always allowed).
    /// </summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        int fewest = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int edits = Edits(name, candidate);
            if (edits < fewest)
                (nearest, fewest) = (candidate, edits);
        }

        return nearest is not null && fewest <= Math.Max(1, nearest.Length * 2 / 5) && fewest < nearest.Length ? nearest : null;
    }

    /// <summary>"; did you mean 'x'?", or an empty text where nothing is near.</summary>
    public static string Hint(string name, IEnumerable<string> candidates) =>
        Of(name, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    private static int Edits(string a, string b)
    {
        // Names are short; a column name is cut so that a hostile file cannot make this quadratic in megabytes.
        ReadOnlySpan<char> left = a.AsSpan(0, Math.Min(a.Length, 64)), right = b.AsSpan(0, Math.Min(b.Length, 64));
        Span<int> row = stackalloc int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
            row[j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substitute = diagonal + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
