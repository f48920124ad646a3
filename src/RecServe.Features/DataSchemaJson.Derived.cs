namespace RecServe.Features;

public static partial class DataSchemaJson
{
    private static DerivedFeature ReadFrom(SchemaMember member, FieldSchema field)
    {
        if (field.Side == FieldSide.Context)
            throw member.Error("a feature of events belongs to the user or the item; this field's side is 'context'");
        if (DerivedFeature.Parse(member.Text(), field.Side, out DerivedFeature? feature) is { } problem)
            throw member.Error(problem);
        FieldSide side = feature!.Scope == EventScope.User ? FieldSide.User : FieldSide.Item;
        if (side != field.Side)
            throw member.Error($"'{feature}' needs side '{SchemaNames.Of(SchemaNames.Sides, side)}'");
        FieldKind kind = feature.IsList ? FieldKind.Multi : FieldKind.Numeric;
        return kind == field.Kind ? feature : throw member.Error($"'{feature}' needs kind '{SchemaNames.Of(SchemaNames.Kinds, kind)}'");
    }

    // What events are joined by must be there, and a column cannot be both given and computed.
    private static void CheckDerived(SchemaMember root, DataSchema schema)
    {
        IReadOnlyList<SchemaMember> entries = root.Required("fields").Array(SchemaLimits.Fields);
        for (int i = 0; i < entries.Count; i++)
        {
            if (schema.Fields[i].From is not { } feature)
                continue;
            SchemaMember member = entries[i].Required("from");
            if (feature.Scope != EventScope.Item && schema.User is null)
                throw member.Error($"'{feature}' needs 'user', the column of the user's id");
            if (feature.Scope != EventScope.User && schema.Item is null)
                throw member.Error($"'{feature}' needs 'item', the column of the item's id");
            if (schema.Fields[i].Name == schema.User || schema.Fields[i].Name == schema.Item)
                throw member.Error("an id is given, not computed");
            if (feature.Scope == EventScope.UserCategory)
                CheckCategory(member, schema, feature.Category);
        }
    }

    private static void CheckCategory(SchemaMember member, DataSchema schema, string category)
    {
        FieldSchema? field = schema.Fields.FirstOrDefault(one => one.Name == category);
        if (field is null || field.Side != FieldSide.Item || field.Kind == FieldKind.Numeric || field.From is not null)
        {
            throw member.Error($"'{category}' is no categorical or multi field of side 'item' that data gives"
                + NearestName.Hint(category, schema.Fields.Where(one => one.Side == FieldSide.Item && one.Name != category).Select(one => one.Name)));
        }
    }
}
