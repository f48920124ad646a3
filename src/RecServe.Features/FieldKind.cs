namespace RecServe.Features;

/// <summary>How a field's value becomes embedding rows.</summary>
public enum FieldKind
{
    /// <summary>One value, one row.</summary>
    Categorical,

    /// <summary>A list of values, pooled into one vector.</summary>
    Multi,

    /// <summary>A number, turned into a bucket or into a multiple of one vector (see <see cref="NumericTransform"/>).</summary>
    Numeric,
}
