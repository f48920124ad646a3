namespace RecServe.Features;

/// <summary>How the rows of a multi-valued field become one vector.</summary>
public enum Pooling
{
    /// <summary>Arithmetic mean over the values present.</summary>
    Mean,

    /// <summary>Sum over the values present.</summary>
    Sum,
}
