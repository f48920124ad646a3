using System.Globalization;
using System.Text.Json;

namespace RecServe.Features;

/// <summary>Numbers and times as our JSON has them everywhere.</summary>
public static class JsonScalars
{
    /// <summary>9999-12-31T23:59:59.999Z, the last time, in milliseconds since 1970 UTC.</summary>
    public const long LastTime = 253_402_300_799_999;

    /// <summary>Reads a whole number below 2⁶⁴, as a number or, above 2⁵³, as a text.</summary>
    public static bool TryWhole(JsonElement value, out ulong number)
    {
        number = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetUInt64(out number),
            JsonValueKind.String => ulong.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
    }

    /// <summary>Reads a time, RFC 3339 or Unix milliseconds, 0 to <see cref="LastTime"/>.</summary>
    public static bool TryTime(JsonElement value, out long milliseconds)
    {
        milliseconds = 0;
        if (value.ValueKind == JsonValueKind.Number)
            return value.TryGetInt64(out milliseconds) && milliseconds is >= 0 and <= LastTime;
        if (value.ValueKind != JsonValueKind.String
            || !DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed))
            return false;
        milliseconds = parsed.ToUnixTimeMilliseconds();
        return milliseconds >= 0;
    }
}
