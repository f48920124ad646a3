using System.IO.Compression;

namespace RecServe.Embeddings.Tests;

/// <summary>Titles watched by 5,000 people, person by person: $RECSERVE_SHARED/data/anime, or the folder "shared" beside the repository.</summary>
internal static class AnimeTrace
{
    public static string Archive { get; } = Path.Combine(Checkout.Shared, "data", "anime", "anime.zip");

    public static AccessTrace Read()
    {
        using ZipArchive archive = ZipFile.OpenRead(Archive);
        using var lines = new StreamReader(archive.GetEntry("anime/anime_history.dat")!.Open());
        return AccessTrace.Read(lines, column: 2, skip: 1);
    }
}
