using System.Text.Json;

namespace RecServe.Experiments.Tests;

/// <summary>GrowthBook's public SDK cases, where the folder of shared test data is at hand.</summary>
internal static class SharedVectors
{
    public static string Path { get; } = System.IO.Path.Combine(Checkout.Shared, "vectors", "growthbook-cases.json");

    /// <summary>Rows of a section; not empty.</summary>
    public static IEnumerable<JsonElement> Section(string name)
    {
        JsonElement[] rows = [.. JsonDocument.Parse(File.ReadAllBytes(Path)).RootElement.GetProperty(name).EnumerateArray()];
        Assert.NotEmpty(rows);
        return rows;
    }
}
