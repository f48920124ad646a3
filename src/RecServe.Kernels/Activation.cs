namespace RecServe.Kernels;

/// <summary>What a dense layer applies to its sums.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>max(0, x).</summary>
    Relu,
}
