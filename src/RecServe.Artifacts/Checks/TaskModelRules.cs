namespace RecServe.Artifacts;

/// <summary>What kinds with several tasks ask of the manifest's architecture.</summary>
public static class TaskModelRules
{
    /// <summary>Checks that tasks and experts are there where the kind has them, within <see cref="PackageLimits"/>, and nowhere else.</summary>
    /// <exception cref="PackageException">Names the member, what it is and what the kind takes.</exception>
    public static void Check(ModelArchitecture architecture)
    {
        string kind = architecture.Kind;
        bool experts = kind is "mmoe" or "ple", several = experts || kind == "moe";
        Require(several ? architecture.Tasks.Count is >= 1 and <= PackageLimits.Tasks : architecture.Tasks.Count == 0, kind, "tasks", $"{architecture.Tasks.Count}", several ? $"1 to {PackageLimits.Tasks}" : "none");
        Require(experts == (architecture.Experts is not null), kind, "experts", experts ? "missing" : "there", experts ? "them" : "none");
        Require((kind == "moe") == (architecture.Sparse is not null), kind, "sparse", kind == "moe" ? "missing" : "there", kind == "moe" ? "it" : "none");
        if (!several)
            return;
        if (architecture.Tasks.Select(task => task.Name).Distinct(StringComparer.Ordinal).Count() != architecture.Tasks.Count)
            throw new PackageException("architecture: two tasks have one name");
        Require(architecture.Tasks.All(task => task.RankWeight >= 0) && architecture.Tasks.Sum(task => task.RankWeight) is > 0 and < 1e9, kind, "rank_weight",
            string.Join(", ", architecture.Tasks.Select(task => task.RankWeight)), "numbers of at least 0, not all 0");
        if (architecture.Experts is not null)
            Check(kind, architecture.Experts);
        else
            Check(kind, architecture.Sparse!);
    }

    private static void Check(string kind, ExpertArchitecture experts)
    {
        Require(experts.Layers is >= 1 and <= PackageLimits.Layers && (kind == "ple" || experts.Layers == 1), kind, "experts.layers", $"{experts.Layers}",
            kind == "ple" ? $"1 to {PackageLimits.Layers}" : "1");
        Require(experts.Shared is >= 1 and <= PackageLimits.Experts, kind, "experts.shared", $"{experts.Shared}", $"1 to {PackageLimits.Experts}");
        Require(kind == "ple" ? experts.Specific is >= 0 and <= PackageLimits.Experts : experts.Specific == 0, kind, "experts.specific", $"{experts.Specific}",
            kind == "ple" ? $"0 to {PackageLimits.Experts}" : "0");
        Require(experts.TopK >= 0 && experts.TopK <= (kind == "mmoe" ? experts.Shared : 0), kind, "experts.top_k", $"{experts.TopK}", kind == "mmoe" ? $"0 to {experts.Shared}, the experts" : "0");
        Widths(kind, "experts.widths", experts.Widths, 1);
        Widths(kind, "experts.tower", experts.Tower, 0);
    }

    private static void Check(string kind, SparseArchitecture sparse)
    {
        void InRange(string member, int value, int least, int most) => Require(value >= least && value <= most, kind, $"sparse.{member}", $"{value}", $"{least} to {most}");
        InRange("width", sparse.Width, 1, PackageLimits.LayerWidth);
        InRange("hidden", sparse.Hidden, 1, PackageLimits.LayerWidth);
        InRange("layers", sparse.Layers, 1, PackageLimits.Layers);
        InRange("networks", sparse.Networks, 1, PackageLimits.Experts);
        InRange("constants", sparse.Constants, 0, PackageLimits.Experts);
        InRange("copies", sparse.Copies, 0, PackageLimits.Experts);
        InRange("zeros", sparse.Zeros, 0, PackageLimits.Experts);
        Require(sparse.Experts <= PackageLimits.Experts, kind, "sparse", $"{sparse.Experts} experts a layer", $"at most {PackageLimits.Experts}");
        InRange("top_k", sparse.TopK, 0, sparse.Experts);
        Require(sparse.TopK > 0 ? sparse.TopP == 0 : sparse.TopP is > 0 and <= 1, kind, "sparse.top_p", $"{sparse.TopP} beside top_k {sparse.TopK}",
            "one of them: top_k of 1 or more, or top_p above 0 and at most 1");
        Widths(kind, "sparse.tower", sparse.Tower, 0);
    }

    private static void Widths(string kind, string member, IReadOnlyList<int> widths, int least) =>
        Require(widths.Count >= least && widths.Count <= PackageLimits.Layers && widths.All(width => width is >= 1 and <= PackageLimits.LayerWidth), kind, member,
            $"[{string.Join(", ", widths)}]", $"{least} to {PackageLimits.Layers} widths of 1 to {PackageLimits.LayerWidth}");

    private static void Require(bool holds, string kind, string member, string actual, string expected)
    {
        if (!holds)
            throw new PackageException($"architecture: {member} is {actual}; kind '{kind}' takes {expected}");
    }
}
