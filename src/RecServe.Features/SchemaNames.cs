namespace RecServe.Features;

/// <summary>The words of a schema file and what they stand for.</summary>
internal static class SchemaNames
{
    public static readonly (string Name, FieldSide Value)[] Sides =
        [("user", FieldSide.User), ("item", FieldSide.Item), ("context", FieldSide.Context)];

    public static readonly (string Name, FieldKind Value)[] Kinds =
        [("categorical", FieldKind.Categorical), ("multi", FieldKind.Multi), ("numeric", FieldKind.Numeric)];

    public static readonly (string Name, Pooling Value)[] Pools = [("mean", Pooling.Mean), ("sum", Pooling.Sum)];

    public static readonly (string Name, NumericTransform Value)[] Transforms =
    [
        ("log_squared_bucket", NumericTransform.LogSquaredBucket),
        ("standardize", NumericTransform.Standardize),
        ("value_times_vector", NumericTransform.ValueTimesVector),
    ];

    public static string Of<T>((string Name, T Value)[] names, T value) =>
        names.First(entry => EqualityComparer<T>.Default.Equals(entry.Value, value)).Name;
}
