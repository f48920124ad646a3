namespace RecServe.Kernels;

/// <summary>What the precisions are called in packages, on the command line, in JSON and in metrics. The names are public: they never change.</summary>
public static class RowPrecisionNames
{
    // By the value of the precision.
    private static readonly string[] Names = ["fp32", "fp16", "int8", "int8-compact", "int4", "int2"];

    /// <summary>Every name, the most precise first.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>Name of a precision.</summary>
    public static string Of(RowPrecision precision) => Names[(int)precision];

    /// <summary>Precision of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those there are.</exception>
    public static RowPrecision Parse(string name) => Array.IndexOf(Names, name) is var at && at >= 0
        ? (RowPrecision)at
        : throw new ArgumentException($"'{name}' is no row precision; there are {string.Join(", ", Names)}", nameof(name));
}
