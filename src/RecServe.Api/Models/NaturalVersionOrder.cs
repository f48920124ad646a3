namespace RecServe.Api.Models;

/// <summary>
/// Orders versions as people number them: runs of digits compare as numbers, everything else by ordinal, so 9 &lt; 10, v2 &lt; v10 and
/// 2024-01 &lt; 2024-02.
/// </summary>
internal sealed class NaturalVersionOrder : IComparer<string?>
{
    /// <summary>The order.</summary>
    public static readonly NaturalVersionOrder Instance = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x, b = y;
        while (!a.IsEmpty && !b.IsEmpty)
        {
            int order;
            if (char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0]))
            {
                ReadOnlySpan<char> left = Digits(ref a), right = Digits(ref b);
                order = left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
            }
            else
            {
                order = a[0].CompareTo(b[0]);
                a = a[1..];
                b = b[1..];
            }

            if (order != 0)
                return order;
        }

        // What is left decides; equal but for leading zeros ("1", "01") falls back to the text, so that no two versions tie.
        int rest = a.Length.CompareTo(b.Length);
        return rest != 0 ? rest : string.CompareOrdinal(x, y);
    }

    private static ReadOnlySpan<char> Digits(ref ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> run = end < 0 ? text : text[..end];
        text = text[run.Length..];
        return run.TrimStart('0');
    }
}
