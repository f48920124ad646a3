namespace RecServe.Features;

public static partial class DataSchemaJson
{
    // The columns that a schema names must not contradict each other, nor format.columns.
    private static void CheckColumns(SchemaMember root, DataSchema schema)
    {
        SchemaMember[] labels = schema.Tasks.Count == 0
            ? [root.Required("label").Required("column")]
            : [.. root.Required("tasks").Array(SchemaLimits.Tasks).Select(task => task.Required("column"))];
        foreach (SchemaMember label in labels)
        {
            if (IndexOf(schema, label.Name()) is var field and >= 0)
                throw label.Error($"'{label.Name()}' is also fields[{field}]; a model must not see its label");
        }

        CheckRole(root, schema, "weight", schema.Weight, null);
        CheckRole(root, schema, "user", schema.User, FieldSide.User);
        CheckRole(root, schema, "item", schema.Item, FieldSide.Item);
        CheckRole(root, schema, "time", schema.Time, null);
        if (schema.Weight is not null && IndexOf(schema, schema.Weight) is var weighted and >= 0)
            throw root.Required("weight").Error($"'{schema.Weight}' is also fields[{weighted}]");
        if (schema.User is not null && schema.User == schema.Item)
            throw root.Required("item").Error($"'{schema.Item}' is already the user column");
        if (schema.ItemsFile is not null && schema.Item is null)
            throw root.Required("items").Error("needs 'item', the column of the data that is looked up in the items file");
        foreach (SchemaMember ignored in root.Optional("ignore")?.Array(SchemaLimits.Columns) ?? [])
        {
            if (IndexOf(schema, ignored.Name()) is var field and >= 0)
                throw ignored.Error($"'{ignored.Name()}' is also fields[{field}]; a column is used or ignored, not both");
        }

        if (schema.Columns is not null)
            CheckNamed(root, schema, labels);
    }

    private static void CheckRole(SchemaMember root, DataSchema schema, string role, string? column, FieldSide? side)
    {
        if (column is null)
            return;
        if (column == schema.LabelColumn || schema.Tasks.Any(task => task.Column == column))
            throw root.Required(role).Error($"'{column}' is already the label column");
        if (side is { } expected && IndexOf(schema, column) is var field and >= 0 && schema.Fields[field].Side != expected)
        {
            throw root.Required(role).Error($"'{column}' is fields[{field}], whose side is "
                + $"'{SchemaNames.Of(SchemaNames.Sides, schema.Fields[field].Side)}', not '{SchemaNames.Of(SchemaNames.Sides, expected)}'");
        }
    }

    private static void CheckNamed(SchemaMember root, DataSchema schema, SchemaMember[] labels)
    {
        void Check(SchemaMember member, string column)
        {
            if (!schema.Columns!.Contains(column))
                throw member.Error($"'{column}' is none of format.columns{NearestName.Hint(column, schema.Columns!)}");
        }

        foreach (SchemaMember label in labels)
            Check(label, label.Name());
        foreach (string role in (ReadOnlySpan<string>)["weight", "user", "item", "time"])
        {
            if (root.Optional(role) is { } member)
                Check(member, member.Name());
        }

        IReadOnlyList<SchemaMember> fields = root.Required("fields").Array(SchemaLimits.Fields);
        for (int i = 0; i < fields.Count; i++)
        {
            // An item field may stand in the items file, whose header is not known here.
            if (schema.ItemsFile is null || schema.Fields[i].Side != FieldSide.Item)
                Check(fields[i].Required("name"), schema.Fields[i].Name);
        }
    }

    private static int IndexOf(DataSchema schema, string column)
    {
        for (int i = 0; i < schema.Fields.Count; i++)
        {
            if (schema.Fields[i].Name == column)
                return i;
        }

        return -1;
    }
}
