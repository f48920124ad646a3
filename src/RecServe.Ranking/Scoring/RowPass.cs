namespace RecServe.Ranking;

/// <summary>Rows are scored in passes, so that scratch memory is bounded and a pass's activations stay in the second-level cache.</summary>
internal static class RowPass
{
    /// <summary>Rows of a pass: 252 rows of 512 and 256 floats are 768 KiB; a multiple of the 12 rows of a matrix tile.</summary>
    public const int Rows = 252;

    /// <summary>Rows of the largest pass over <paramref name="count"/> rows.</summary>
    public static int Most(int count) => Math.Min(count, Rows);

    /// <summary>A length rounded up to whole cache lines of floats, so that what follows it in one memory begins on a line.</summary>
    public static int Lines(int length) => checked(length + 15) & ~15;
}
