using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace RecServe.Training.Data;

/// <summary>Reads times: Unix seconds or milliseconds, or RFC 3339 text; everything becomes Unix milliseconds.</summary>
internal static class TimeCell
{
    /// <summary>Complaint about a cell that is no time.</summary>
    public const string Expected = "is no time: expected Unix seconds or milliseconds, or a text such as 2024-05-01T12:00:00Z";

    // Seconds stay below this until the year 5138; milliseconds are above it since March 1973.
    private const double FirstMilliseconds = 1e11;

    private const long Least = -62_135_596_800_000, Most = 253_402_300_799_999;

    public static bool TryParse(ReadOnlySpan<byte> cell, out long milliseconds)
    {
        milliseconds = 0;
        if (Utf8Parser.TryParse(cell, out double number, out int used) && used == cell.Length)
        {
            double value = Math.Abs(number) < FirstMilliseconds ? number * 1000 : number;
            if (!(value >= Least && value <= Most))
                return false;
            milliseconds = (long)value;
            return true;
        }

        if (cell.Length is < 10 or > 40
            || !DateTimeOffset.TryParse(Encoding.UTF8.GetString(cell), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return false;
        milliseconds = time.ToUnixTimeMilliseconds();
        return true;
    }
}
