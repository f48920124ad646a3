using System.Text.Json;

namespace RecServe.Experiments.Tests;

/// <summary>GrowthBook's public SDK cases, where the folder of shared test data is at hand.</summary>
internal static class SharedVectors
{
    public static string? Path { get; } = Locate();

    /// <summary>Rows of a section; empty where the folder is absent (the test is skipped then).</summary>
    public static IEnumerable<JsonElement> Section(string name)
    {
        Assert.NotNull(Path);
        JsonElement[] rows = [.. JsonDocument.Parse(File.ReadAllBytes(Path)).RootElement.GetProperty(name).EnumerateArray()];
        Assert.NotEmpty(rows);
        return rows;
    }

    private static string? Locate()
    {
        var folders = new List<string>();
        if (Environment.GetEnvironmentVariable("RECSERVE_SHARED") is { Length: > 0 } shared)
            folders.Add(shared);
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "RecServe.sln")) && at.Parent is { } beside)
                folders.Add(System.IO.Path.Combine(beside.FullName, "shared"));
        }

        return folders.Select(f => System.IO.Path.Combine(f, "vectors", "growthbook-cases.json")).FirstOrDefault(File.Exists);
    }
}
