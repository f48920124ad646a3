using RecServe.Tests;

namespace RecServe.Stream.Tests.Events;

/// <summary>A test on the ratings of MovieLens; skipped where they are absent.</summary>
internal sealed class MovieLensFactAttribute : FactAttribute
{
    public static string Folder { get; } = Path.Combine(Checkout.Shared, "data", "movielens-small");

    public MovieLensFactAttribute()
    {
        if (!File.Exists(Path.Combine(Folder, "ratings.csv")))
            Skip = $"{Folder} holds no ratings.csv";
    }
}
