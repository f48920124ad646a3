namespace RecServe.Training.Data;

/// <summary>Columns computed from MovieLens' movies.csv.</summary>
internal static class MovieColumns
{
    /// <summary>The four digits after the last opening parenthesis of a title, as in <c>Toy Story (1995)</c>; empty where there are none.</summary>
    public static int Year(ReadOnlySpan<byte> title, Span<byte> output)
    {
        int open = title.LastIndexOf((byte)'(');
        if (open < 0 || title.Length < open + 6)
            return 0;
        ReadOnlySpan<byte> year = title.Slice(open + 1, 4);
        if (year.ContainsAnyExceptInRange((byte)'0', (byte)'9') || char.IsAsciiDigit((char)title[open + 5]))
            return 0;
        year.CopyTo(output);
        return 4;
    }

    /// <summary>The genres; MovieLens' words for none become an empty text.</summary>
    public static int Genres(ReadOnlySpan<byte> genres, Span<byte> output)
    {
        if (genres.SequenceEqual("(no genres listed)"u8))
            return 0;
        genres.CopyTo(output);
        return genres.Length;
    }
}
