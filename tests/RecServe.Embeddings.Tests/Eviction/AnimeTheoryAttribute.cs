namespace RecServe.Embeddings.Tests;

/// <summary>Skips, with a reason, where the anime data set is absent.</summary>
public sealed class AnimeTheoryAttribute : TheoryAttribute
{
    public AnimeTheoryAttribute()
    {
        if (!File.Exists(AnimeTrace.Archive))
            Skip = "data set 'anime' is absent: set RECSERVE_SHARED to a folder that has data/anime/anime.zip";
    }
}
