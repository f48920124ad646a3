namespace RecServe.Features;

/// <summary>One field of a <see cref="DataSchema"/>: a column and what a model does with it.</summary>
public sealed record FieldSchema
{
    /// <summary>Column name in the data, feature name in a request and name of the embedding table.</summary>
    public required string Name { get; init; }

    /// <summary>Whose value it is.</summary>
    public required FieldSide Side { get; init; }

    /// <summary>How a value becomes rows.</summary>
    public required FieldKind Kind { get; init; }

    /// <summary>Floats of an embedding vector; 1 to 1,024, default 16.</summary>
    public int Dim { get; init; } = 16;

    /// <summary>Values seen fewer times than this in the training data share the unknown row; default 1 (every value has a row).</summary>
    public int MinCount { get; init; } = 1;

    /// <summary>Number of hash buckets (<c>"buckets": "hash:N"</c>); 0 means a vocabulary of the values seen.</summary>
    public int HashBuckets { get; init; }

    /// <summary>Separates the values of a <see cref="FieldKind.Multi"/> field in text; default <c>|</c>.</summary>
    public char Separator { get; init; } = '|';

    /// <summary>How the rows of a <see cref="FieldKind.Multi"/> field are combined; default mean.</summary>
    public Pooling Pool { get; init; } = Pooling.Mean;

    /// <summary>What a <see cref="FieldKind.Numeric"/> field does with its number.</summary>
    public NumericTransform Transform { get; init; } = NumericTransform.LogSquaredBucket;

    /// <summary>What the value is derived from where it is computed from events; null for one that data and requests give.</summary>
    public DerivedFeature? From { get; init; }
}
