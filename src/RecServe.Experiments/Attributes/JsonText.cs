using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>Equality of JSON values by what <c>JSON.stringify</c> would print: members in order, 1 equal to 1.0.</summary>
internal static class JsonText
{
    public static bool Equal(JsonElement a, JsonElement b)
    {
        if (a.ValueKind != b.ValueKind)
            return false;
        switch (a.ValueKind)
        {
            case JsonValueKind.Number:
                return a.GetDouble() == b.GetDouble();
            case JsonValueKind.String:
                return a.ValueEquals(b.GetString());
            case JsonValueKind.Array:
                if (a.GetArrayLength() != b.GetArrayLength())
                    return false;
                for (int i = 0; i < a.GetArrayLength(); i++)
                {
                    if (!Equal(a[i], b[i]))
                        return false;
                }

                return true;
            case JsonValueKind.Object:
                return a.EnumerateObject().SequenceEqual(b.EnumerateObject(), MemberComparer.Instance);
            default:
                return true;
        }
    }

    private sealed class MemberComparer : IEqualityComparer<JsonProperty>
    {
        public static readonly MemberComparer Instance = new();

        public bool Equals(JsonProperty x, JsonProperty y) => x.NameEquals(y.Name) && Equal(x.Value, y.Value);

        public int GetHashCode(JsonProperty member) => member.Name.GetHashCode(StringComparison.Ordinal);
    }
}
