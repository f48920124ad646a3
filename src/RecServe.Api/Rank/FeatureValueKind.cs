namespace RecServe.Api.Rank;

/// <summary>What JSON gave as a feature's value.</summary>
internal enum FeatureValueKind : byte
{
    /// <summary><c>null</c>: no value, even where a stored one exists.</summary>
    Null,

    /// <summary>A string.</summary>
    Text,

    /// <summary>A number, kept as its own text.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>, kept as that text.</summary>
    Boolean,

    /// <summary>An array of strings and numbers.</summary>
    List,

    /// <summary>An object, or an array that holds something else than strings and numbers. No model takes it.</summary>
    Unusable,
}
