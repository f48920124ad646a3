namespace RecServe.FeatureStore;

/// <summary>What a stored feature's value is. The numbers stand in stored rows: they never change.</summary>
public enum FeatureKind : byte
{
    /// <summary>One text: the value of a categorical field, or several values with the field's separator between them.</summary>
    Text = 1,

    /// <summary>A finite number.</summary>
    Number = 2,

    /// <summary>A list of texts.</summary>
    List = 3,
}
