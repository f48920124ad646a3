using System.Buffers.Text;

namespace RecServe.Training.Data;

/// <summary>Columns computed from times: hour of the day (0 to 23) and weekday (0 Monday to 6 Sunday), both UTC.</summary>
internal static class CalendarColumns
{
    public static Derivation Hour { get; } = (cell, output) => Write(cell, output, time => time.Hour);

    public static Derivation Weekday { get; } = (cell, output) => Write(cell, output, WeekdayOf);

    /// <summary>Reads Avazu's YYMMDDHH.</summary>
    public static Derivation AvazuHour { get; } = (cell, output) => WriteAvazu(cell, output, time => time.Hour);

    public static Derivation AvazuWeekday { get; } = (cell, output) => WriteAvazu(cell, output, WeekdayOf);

    public static Derivation AvazuIsWeekend { get; } = (cell, output) => WriteAvazu(cell, output, time => WeekdayOf(time) >= 5 ? 1 : 0);

    public static Derivation AvazuTimestamp { get; } = (cell, output) => WriteAvazu(cell, output, time => time.ToUnixTimeSeconds());

    private static long WeekdayOf(DateTimeOffset time) => ((long)time.DayOfWeek + 6) % 7;

    private static int Write(ReadOnlySpan<byte> cell, Span<byte> output, Func<DateTimeOffset, long> part) =>
        TimeCell.TryParse(cell, out long milliseconds) ? Format(part(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)), output) : -1;

    private static int WriteAvazu(ReadOnlySpan<byte> cell, Span<byte> output, Func<DateTimeOffset, long> part)
    {
        if (cell.Length != 8 || !Utf8Parser.TryParse(cell, out uint digits, out int used) || used != 8)
            return -1;
        int year = 2000 + (int)(digits / 1_000_000), month = (int)(digits / 10_000 % 100), day = (int)(digits / 100 % 100), hour = (int)(digits % 100);
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23)
            return -1;
        return Format(part(new DateTimeOffset(year, month, day, hour, 0, 0, TimeSpan.Zero)), output);
    }

    private static int Format(long value, Span<byte> output)
    {
        Utf8Formatter.TryFormat(value, output, out int length);
        return length;
    }
}
