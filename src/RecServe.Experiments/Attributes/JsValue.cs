using System.Globalization;
using System.Text;

namespace RecServe.Experiments;

/// <summary>
/// JavaScript's conversions, which decide what the conditions of GrowthBook mean: <c>"5" == 5</c>, <c>null == 0</c> in comparisons, and a
/// number as hash value. Source: ECMA-262, ToNumber, ToString and ToBoolean.
/// </summary>
internal static class JsValue
{
    public static bool IsTruthy(in AttributeValue value) => value.Kind switch
    {
        AttributeKind.Null => false,
        AttributeKind.Text => value.Text.Length > 0,
        AttributeKind.Number => value.Number != 0 && !double.IsNaN(value.Number),
        AttributeKind.Flag => value.Flag,
        _ => true,
    };

    public static double ToNumber(in AttributeValue value) => value.Kind switch
    {
        AttributeKind.Null => 0,
        AttributeKind.Number => value.Number,
        AttributeKind.Flag => value.Flag ? 1 : 0,
        _ => ToNumber(ToText(value)),
    };

    public static string ToText(in AttributeValue value)
    {
        switch (value.Kind)
        {
            case AttributeKind.Null:
                return "null";
            case AttributeKind.Text:
                return value.Text;
            case AttributeKind.Number:
                return ToText(value.Number);
            case AttributeKind.Flag:
                return value.Flag ? "true" : "false";
            case AttributeKind.List:
                var text = new StringBuilder();
                for (int i = 0; i < value.Count; i++)
                {
                    AttributeValue item = value[i];
                    text.Append(i == 0 ? "" : ",").Append(item.Kind == AttributeKind.Null ? "" : ToText(item));
                }

                return text.ToString();
            default:
                return "[object Object]";
        }
    }

    public static string ToText(double number)
    {
        if (number == 0)
            return "0";
        if (!double.IsFinite(number))
            return double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        if (Math.Abs(number) < 1L << 53 && number == Math.Truncate(number))
            return ((long)number).ToString(CultureInfo.InvariantCulture);

        // Shortest digits that read back as the same number, and the place of the decimal point: 0.d1d2… × 10^point.
        string shortest = Math.Abs(number).ToString("E16", CultureInfo.InvariantCulture);
        for (int precision = 0; precision < 16; precision++)
        {
            string candidate = Math.Abs(number).ToString("E" + precision, CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture) == Math.Abs(number))
            {
                shortest = candidate;
                break;
            }
        }

        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        string digits = shortest[..e].Replace(".", "", StringComparison.Ordinal);
        int point = int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 1;
        string sign = number < 0 ? "-" : "";
        if (point is > 21 or < -5)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(point > 0 ? "+" : "-")}{Math.Abs(point - 1)}";
        if (point <= 0)
            return $"{sign}0.{new string('0', -point)}{digits}";
        return point >= digits.Length ? sign + digits + new string('0', point - digits.Length) : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    private static double ToNumber(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex : double.NaN;
        const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        bool digits = text.AsSpan().ContainsAnyInRange('0', '9');
        return digits && double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out double number) ? number
            : text is "Infinity" or "+Infinity" ? double.PositiveInfinity
            : text is "-Infinity" ? double.NegativeInfinity
            : double.NaN;
    }
}
