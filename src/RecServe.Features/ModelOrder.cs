namespace RecServe.Features;

/// <summary>The one order of fields that encoders, tables, data columns and concatenated embeddings share.</summary>
public static class ModelOrder
{
    /// <summary>User and context fields in schema order, then item fields in schema order.</summary>
    public static IReadOnlyList<FieldSchema> Of(DataSchema schema) =>
        [.. schema.Fields.Where(field => field.Side != FieldSide.Item), .. schema.Fields.Where(field => field.Side == FieldSide.Item)];
}
