namespace RecServe.Training.Tests.Data;

internal static class SharedData
{
    public static string Folder(string dataSet) => Path.Combine(Root(), "data", dataSet);

    // $RECSERVE_SHARED, or the folder "shared" beside the repository.
    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("RECSERVE_SHARED") is { Length: > 0 } root)
            return root;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RecServe.sln")))
                return Path.Combine(folder.FullName, "..", "shared");
        }

        return "shared";
    }
}
