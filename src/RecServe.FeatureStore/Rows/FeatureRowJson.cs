using System.Globalization;
using System.Text.Json;
using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// Rows in JSON: <c>{"entity","id","version","producer","event_time","features":{NAME: text|number|list}}</c>, or <c>"deleted": true</c> in place of features. Any JSON gives a row or a fault.
/// A number for a field that is not numeric is kept as its own text, as in a ranking's request: <c>5</c> is not <c>5.0</c>.
/// </summary>
public static class FeatureRowJson
{
    private static readonly string[] Members = ["entity", "id", "version", "producer", "event_time", FeatureFault.Features, "deleted"];

    /// <summary>Reads a row.</summary>
    /// <param name="json">An object without members of one name.</param>
    /// <param name="defaults">What it may leave out.</param>
    /// <param name="schema">What may be stored; the row is checked against it.</param>
    /// <param name="row">The row, where there is no fault.</param>
    public static FeatureFault? Read(JsonElement json, FeatureRowDefaults defaults, FeatureSchema schema, out FeatureRow? row)
    {
        row = null;
        try
        {
            FeatureRowBuilder builder = Read(json, defaults, schema);
            if ((builder.TryBuild(out FeatureRow? built) ?? schema.Check(built!)) is { } fault)
                return fault;
            row = built;
            return null;
        }
        catch (InvalidOperationException)
        {
            return new FeatureFault(FeatureFaultReason.Malformed, "", "the text holds an escaped half of a surrogate pair, which is no text");
        }
        catch (MemberException failure)
        {
            return failure.Fault;
        }
    }

    /// <summary>Writes the members of a row into an open object.</summary>
    public static void Write(Utf8JsonWriter json, FeatureRow row)
    {
        json.WriteString("entity"u8, FeatureSchema.NameOf(row.Entity));
        json.WriteString("id"u8, row.Id);
        json.WriteString("version"u8, row.Version.ToString(CultureInfo.InvariantCulture));
        json.WriteString("producer"u8, row.Producer);
        json.WriteNumber("event_time"u8, row.EventTime);
        if (row.IsDeletion)
        {
            json.WriteBoolean("deleted"u8, true);
            return;
        }

        json.WriteStartObject("features"u8);
        foreach (StoredFeature feature in row)
            Write(json, feature);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, in StoredFeature feature)
    {
        switch (feature.Kind)
        {
            case FeatureKind.Text:
                json.WriteString(feature.Name, feature.Text);
                break;
            case FeatureKind.Number:
                json.WriteNumber(feature.Name, feature.Number);
                break;
            default:
                json.WriteStartArray(feature.Name);
                foreach (ReadOnlySpan<byte> value in feature.Values)
                    json.WriteStringValue(value);
                json.WriteEndArray();
                break;
        }
    }

    private static FeatureRowBuilder Read(JsonElement json, FeatureRowDefaults defaults, FeatureSchema schema)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new MemberException(FeatureFaultReason.Malformed, "", "a row must be an object");
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (!Members.Contains(member.Name))
                throw new MemberException(FeatureFaultReason.Malformed, Shown(member.Name), $"is no member of a feature row{NearestName.Hint(member.Name, Members)}");
        }

        FieldSide entity = Entity(json, defaults);
        string id = Text(json, "id", defaults.Id, FeatureFaultReason.BadId), producer = Text(json, "producer", defaults.Producer, FeatureFaultReason.BadName);
        ulong version = defaults.Version;
        if (json.TryGetProperty("version", out JsonElement number) ? !JsonScalars.TryWhole(number, out version) || version == 0 : version == 0)
            throw new MemberException(FeatureFaultReason.BadVersion, "version", "must be a whole number of 1 or more");
        long time = 0;
        if (json.TryGetProperty("event_time", out JsonElement given) && given.ValueKind != JsonValueKind.Null && !JsonScalars.TryTime(given, out time))
            throw new MemberException(FeatureFaultReason.BadTime, "event_time", "must be an RFC 3339 text or Unix milliseconds");
        bool isDeleted = json.TryGetProperty("deleted", out JsonElement flag) && flag.ValueKind == JsonValueKind.True, hasFeatures = json.TryGetProperty(FeatureFault.Features, out JsonElement features);
        if (isDeleted == hasFeatures)
            throw new MemberException(FeatureFaultReason.Malformed, FeatureFault.Features, "must be there, or deleted: true, and not both");
        var builder = new FeatureRowBuilder(entity, id, version, producer, time) { IsDeletion = isDeleted };
        if (hasFeatures)
            Read(features, entity, schema, builder);
        return builder;
    }

    private static void Read(JsonElement features, FieldSide entity, FeatureSchema schema, FeatureRowBuilder builder)
    {
        if (features.ValueKind != JsonValueKind.Object)
            throw new MemberException(FeatureFaultReason.Malformed, FeatureFault.Features, "must be an object of names and values");
        int count = 0;
        foreach (JsonProperty feature in features.EnumerateObject())
        {
            if (++count > FeatureLimits.Values)
                throw new MemberException(FeatureFaultReason.ValueCount, FeatureFault.Features, $"holds more than {FeatureLimits.Values:N0}, the limit");
            switch (feature.Value.ValueKind)
            {
                case JsonValueKind.Null:
                    break;
                case JsonValueKind.Number when !schema.TakesText(entity, feature.Name):
                    // A number beyond 64-bit floats is read as infinite, and refused as such.
                    builder.Number(feature.Name, feature.Value.GetDouble());
                    break;
                case JsonValueKind.Array:
                    builder.List(feature.Name, List(feature));
                    break;
                case JsonValueKind.Object:
                    throw new MemberException(FeatureFaultReason.WrongType, $"{FeatureFault.Features}.{Shown(feature.Name)}", "must be a text, a number or a list of these");
                default:
                    builder.Text(feature.Name, TextOf(feature.Value));
                    break;
            }
        }
    }

    private static List<string> List(JsonProperty feature)
    {
        int count = feature.Value.GetArrayLength();
        string path = $"{FeatureFault.Features}.{Shown(feature.Name)}";
        if (count > FeatureLimits.Values)
            throw new MemberException(FeatureFaultReason.ListTooLong, path, $"holds {count:N0} values, the limit is {FeatureLimits.Values:N0}");
        var values = new List<string>(count);
        foreach (JsonElement value in feature.Value.EnumerateArray())
        {
            values.Add(value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? TextOf(value)
                : throw new MemberException(FeatureFaultReason.WrongType, $"{path}[{values.Count}]", "must be a text or a number"));
        }

        return values;
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static FieldSide Entity(JsonElement json, FeatureRowDefaults defaults)
    {
        FieldSide entity = default;
        if (!json.TryGetProperty("entity", out JsonElement named))
            return defaults.Entity ?? throw new MemberException(FeatureFaultReason.BadEntity, "entity", "is missing");
        if (named.ValueKind != JsonValueKind.String || !FeatureSchema.TryParse(named.GetString(), out entity))
            throw new MemberException(FeatureFaultReason.BadEntity, "entity", "must be user, item or context");
        return defaults.Entity is { } fixedEntity && fixedEntity != entity
            ? throw new MemberException(FeatureFaultReason.BadEntity, "entity", $"is {FeatureSchema.NameOf(entity)}, and the path says {FeatureSchema.NameOf(fixedEntity)}")
            : entity;
    }

    private static string Text(JsonElement json, string member, string? standard, FeatureFaultReason reason)
    {
        if (!json.TryGetProperty(member, out JsonElement named))
            return standard ?? throw new MemberException(reason, member, "is missing");
        if (named.ValueKind != JsonValueKind.String)
            throw new MemberException(reason, member, "must be a text");
        string text = named.GetString()!;
        return member == "id" && standard is not null && standard != text ? throw new MemberException(reason, member, $"is '{Shown(text)}', and the path says another") : text;
    }

    /// <summary>A name that a request chose, short enough for an answer.</summary>
    private static string Shown(string name) => name.Length <= 100 ? name : $"{name.AsSpan(0, 100)}…";

    private sealed class MemberException(FeatureFaultReason reason, string member, string detail) : Exception(detail)
    {
        public FeatureFault Fault { get; } = new(reason, member, detail);
    }
}
