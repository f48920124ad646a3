namespace RecServe.Integration.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string from)
    {
        for (DirectoryInfo? directory = new(from); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "RecServe.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException($"no RecServe.sln above {from}");
    }
}
