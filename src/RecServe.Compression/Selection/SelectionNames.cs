namespace RecServe.Compression.Selection;

/// <summary>The names of <see cref="SelectionMethod"/> in reports.</summary>
public static class SelectionNames
{
    private static readonly string[] All = ["f-permutation", "permutation", "lpfs++", "group-lasso", "random"];

    /// <summary>Name of a method.</summary>
    public static string Of(SelectionMethod method) => All[(int)method];
}
