using System.Globalization;
using RecServe.Artifacts;
using RecServe.Bench;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// Items whose row tells its version in the score: a logistic regression with one number a row, which the version's number moves by <see cref="Step"/>. Which version a ranking has seen is
/// read from its score.
/// </summary>
internal static class VersionedItems
{
    /// <summary>Versions that an item can have: beyond, scores are too close to 1 to be told apart.</summary>
    public const int MostVersions = 1_000;

    private const double First = -8, Step = 1.0 / 64;

    /// <summary>Makes the package.</summary>
    public static ModelPackage Package(int items) => SyntheticPackage.Create(new SyntheticOptions { Model = "lr", UserFields = 1, ItemFields = 1, Items = items, Users = 1 });

    /// <summary>Name of an item.</summary>
    public static string Id(int item) => string.Create(CultureInfo.InvariantCulture, $"i{item}");

    /// <summary>The message that gives an item a version; on the wire versions begin at 1, as 0 is the package's own.</summary>
    public static string Update(string lineage, int item, int version) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"lineage":"{{lineage}}","table":"i","producer":"bench","rows":[{"id":"{{Id(item)}}","version":{{version + 1}},"values":[{{First + (Step * version)}}]}]}""");

    /// <summary>A request that ranks one item, after an update or, with null, as it is.</summary>
    public static string Request(int item, string? readAfter) => $$"""{"user":{"id":"u0"},"items":[{"id":"{{Id(item)}}"}]{{(readAfter is null ? "" : $",\"read_after\":\"{readAfter}\",\"deadline_ms\":20000")}}}""";

    /// <summary>The version that a score tells.</summary>
    /// <param name="score">Probability.</param>
    /// <param name="zero">The score of version 0.</param>
    public static int Version(double score, double zero) => (int)Math.Round((Logit(score) - Logit(zero)) / Step);

    private static double Logit(double probability) => Math.Log(probability / (1 - probability));
}
