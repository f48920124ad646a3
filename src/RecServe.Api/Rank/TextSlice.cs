namespace RecServe.Api.Rank;

/// <summary>UTF-8 text inside the request's body, unescaped in place.</summary>
/// <param name="Start">First byte; −1 where the text is absent.</param>
/// <param name="Length">Number of bytes.</param>
internal readonly record struct TextSlice(int Start, int Length)
{
    /// <summary>No text was given.</summary>
    public static readonly TextSlice Absent = new(-1, 0);

    /// <summary>Whether text was given.</summary>
    public bool IsPresent => Start >= 0;
}
