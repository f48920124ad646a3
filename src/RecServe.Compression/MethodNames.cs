namespace RecServe.Compression;

/// <summary>The names of <see cref="CompressionMethod"/> on the command line and in reports.</summary>
public static class MethodNames
{
    /// <summary>Every name, in the order of <see cref="CompressionMethod"/>.</summary>
    public static IReadOnlyList<string> All { get; } = ["shark", "lpfs++", "hawq", "uniform-int8", "uniform-int4", "auto"];

    /// <summary>Name of a method.</summary>
    public static string Of(CompressionMethod method) => All[(int)method];

    /// <summary>Method of a name.</summary>
    /// <exception cref="CompressionException">There is none of that name; the message lists those there are.</exception>
    public static CompressionMethod Parse(string name)
    {
        for (int i = 0; i < All.Count; i++)
        {
            if (All[i] == name)
                return (CompressionMethod)i;
        }

        throw new CompressionException($"there is no method '{name}'; the methods are {string.Join(", ", All)}");
    }
}
