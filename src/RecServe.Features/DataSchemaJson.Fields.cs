using System.Globalization;

namespace RecServe.Features;

public static partial class DataSchemaJson
{
    private static List<FieldSchema> ReadFields(SchemaMember member)
    {
        var fields = new List<FieldSchema>();
        var seen = new HashSet<string>();
        foreach (SchemaMember entry in member.Array(SchemaLimits.Fields))
        {
            FieldSchema field = ReadField(entry);
            if (!seen.Add(field.Name))
                throw entry.Required("name").Error($"field '{field.Name}' stands twice");
            fields.Add(field);
        }

        return fields.Count > 0 ? fields : throw member.Error("is empty; a model needs at least one field");
    }

    private static FieldSchema ReadField(SchemaMember entry)
    {
        entry.Object("name", "side", "kind", "dim", "min_count", "buckets", "separator", "pool", "transform", "from");
        FieldKind kind = entry.Required("kind").OneOf(SchemaNames.Kinds);
        var field = new FieldSchema
        {
            Name = entry.Required("name").Name(),
            Side = entry.Required("side").OneOf(SchemaNames.Sides),
            Kind = kind,
        };
        if (entry.Optional("dim") is { } dim)
            field = field with { Dim = dim.Integer(1, SchemaLimits.Dim) };
        if (Only(entry, "separator", kind, FieldKind.Multi) is { } separator)
            field = field with { Separator = ReadSeparator(separator) };
        if (Only(entry, "pool", kind, FieldKind.Multi) is { } pool)
            field = field with { Pool = pool.OneOf(SchemaNames.Pools) };
        if (Only(entry, "transform", kind, FieldKind.Numeric) is { } transform)
            field = field with { Transform = transform.OneOf(SchemaNames.Transforms) };
        if (entry.Optional("from") is { } from)
            field = field with { From = ReadFrom(from, field) };
        return ReadRows(entry, field);
    }

    // Which rows the field's table has.
    private static FieldSchema ReadRows(SchemaMember entry, FieldSchema field)
    {
        bool oneRow = field.Kind == FieldKind.Numeric && field.Transform != NumericTransform.LogSquaredBucket;
        foreach (string name in (ReadOnlySpan<string>)["min_count", "buckets"])
        {
            if (oneRow && entry.Optional(name) is { } member)
                throw member.Error($"has no meaning with transform '{SchemaNames.Of(SchemaNames.Transforms, field.Transform)}', which has one row");
        }

        if (entry.Optional("min_count") is { } minCount)
            field = field with { MinCount = minCount.Integer(1, SchemaLimits.MinCount) };
        if (entry.Optional("buckets") is { } buckets)
            field = field with { HashBuckets = ReadBuckets(buckets) };
        if (field is { HashBuckets: > 0, MinCount: > 1 })
            throw entry.Required("min_count").Error("has no meaning with hash buckets, which all have a row");
        return field;
    }

    private static int ReadBuckets(SchemaMember member)
    {
        string text = member.Text();
        if (text == "vocabulary")
            return 0;
        if (!text.StartsWith("hash:", StringComparison.Ordinal)
            || !int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int buckets))
            throw member.Error($"'{text}' is neither \"vocabulary\" nor \"hash:N\"");
        return buckets is >= 1 and <= SchemaLimits.HashBuckets
            ? buckets
            : throw member.Error($"{buckets} hash buckets are outside 1..{SchemaLimits.HashBuckets}");
    }

    private static char ReadSeparator(SchemaMember member)
    {
        string text = member.Text();
        return text.Length == 1 && !char.IsSurrogate(text[0]) && text[0] is not ('\r' or '\n' or '\0')
            ? text[0]
            : throw member.Error("expected one character, such as \"|\"");
    }

    private static SchemaMember? Only(SchemaMember entry, string name, FieldKind kind, FieldKind owner) =>
        entry.Optional(name) is not { } member ? null
        : kind == owner ? member
        : throw member.Error($"belongs to kind '{SchemaNames.Of(SchemaNames.Kinds, owner)}'; this field's kind is '{SchemaNames.Of(SchemaNames.Kinds, kind)}'");
}
