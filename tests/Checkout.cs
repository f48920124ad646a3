namespace RecServe.Tests;

/// <summary>The working copy that the tests were built from. Found from where they run: a build on a server writes no source paths of its own into the assemblies.</summary>
internal static class Checkout
{
    /// <summary>The folder that holds RecServe.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Public data sets and vectors: $RECSERVE_SHARED, or the folder "shared" beside the working copy. Tests that want it skip where it is absent.</summary>
    public static string Shared { get; } = Environment.GetEnvironmentVariable("RECSERVE_SHARED") is { Length: > 0 } shared
        ? shared
        : Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    private static string Find(string from)
    {
        for (DirectoryInfo? folder = new(from); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RecServe.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no RecServe.sln above {from}");
    }
}
