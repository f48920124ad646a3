namespace RecServe.Experiments;

/// <summary>Type of an <see cref="AttributeValue"/>.</summary>
public enum AttributeKind
{
    /// <summary>Absent or null.</summary>
    Null,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A list.</summary>
    List,

    /// <summary>Named members.</summary>
    Record,
}
