using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Cli.Bench;

/// <summary>Rank requests by ids alone: users and distinct candidates of a package's catalogs, drawn uniformly from a seed, so that every row is as likely.</summary>
internal static class RankRequestBodies
{
    /// <summary>Draws requests.</summary>
    /// <param name="package">A package with a catalog of items.</param>
    /// <param name="count">Requests.</param>
    /// <param name="candidates">Candidates of each; fewer where the catalog has fewer.</param>
    /// <param name="userFormat">How a number becomes a user's id, where the package knows no users by id.</param>
    /// <param name="users">Numbers of users, from 1 up.</param>
    /// <param name="seed">Decides the draws.</param>
    /// <exception cref="UsageException">The package has no catalog of items.</exception>
    public static IReadOnlyList<(string User, string[] Items)> Draw(ModelPackage package, int count, int candidates, string userFormat, int users, ulong seed)
    {
        EntityCatalog items = PackageEncoders.Catalog(package, "items")
            ?? throw new UsageException("the schema names no item, so that no candidate can be asked for by its id: add \"item\" to it");
        EntityCatalog? known = PackageEncoders.Catalog(package, "users");
        var random = new Training.SeededRandom(seed);
        int most = Math.Min(candidates, items.Count);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var chosen = new HashSet<int>();
            while (chosen.Count < most)
                chosen.Add(random.NextInt(items.Count));
            string user = known is { Count: > 0 } ? Encoding.UTF8.GetString(known.IdOf(random.NextInt(known.Count)))
                : string.Format(CultureInfo.InvariantCulture, userFormat, 1 + random.NextInt(users));
            return (user, chosen.Select(row => Encoding.UTF8.GetString(items.IdOf(row))).ToArray());
        })];
    }

    /// <summary>A request as JSON.</summary>
    public static byte[] Json((string User, string[] Items) request) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["user"] = new JsonObject { ["id"] = request.User },
        ["items"] = new JsonArray([.. request.Items.Select(id => (JsonNode)new JsonObject { ["id"] = id })]),
        ["k"] = Math.Min(10, request.Items.Length),
    }.ToJsonString());
}
