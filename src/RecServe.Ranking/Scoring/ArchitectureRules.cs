using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>What each kind of model asks of the manifest's architecture and fields.</summary>
internal static class ArchitectureRules
{
    /// <summary>Checks both before any tensor is looked at.</summary>
    /// <exception cref="PackageException">Names the member or the field, what it is and what the kind takes.</exception>
    public static void Check(ModelPackage package)
    {
        ModelArchitecture architecture = package.Architecture;
        string kind = architecture.Kind;
        if (kind is not ("lr" or "fm" or "mlp" or "deepfm" or "dcnv2" or "mmoe" or "ple" or "moe"))
            throw new PackageException($"manifest.json: architecture.kind '{kind}' is unknown; known are lr, fm, mlp, deepfm, dcnv2, mmoe, ple, moe");
        TaskModelRules.Check(architecture);
        bool hidden = kind is "mlp" or "deepfm" or "dcnv2", cross = kind == "dcnv2";
        Require(hidden == architecture.Hidden.Count > 0 && architecture.Hidden.All(width => width > 0), "architecture.hidden",
            $"[{string.Join(", ", architecture.Hidden)}]", kind, hidden ? "at least one width, each 1 or more" : "none");
        Require(cross == architecture.CrossLayers > 0, "architecture.cross_layers", $"{architecture.CrossLayers}", kind, cross ? "1 or more" : "0");
        Require(cross ? architecture.Structure is "parallel" or "stacked" : architecture.Structure is null, "architecture.structure",
            $"'{architecture.Structure}'", kind, cross ? "'parallel' or 'stacked'" : "none");
        Require(cross || architecture.CrossMixture is null, "architecture.cross_mixture", "there", kind, "none");
        architecture.CrossMixture?.Check(package.Fields.Sum(field => field.Dim));
        Require(package.Fields.Count > 0, "fields", "empty", kind, "at least one");
        foreach (PackageField field in package.Fields)
            Check(field, package.Fields[0], kind);
    }

    private static void Check(PackageField field, PackageField first, string kind)
    {
        bool linear = kind is "lr" or "fm" or "deepfm";
        Require(field.Linear == linear, $"field '{field.Name}': linear", field.Linear ? "true" : "false", kind, linear ? "true" : "false");
        Require(kind == "lr" ? field.Dim == 0 : field.Dim > 0, $"field '{field.Name}': dim", $"{field.Dim}", kind, kind == "lr" ? "0" : "1 or more");
        Require(kind is not ("fm" or "deepfm") || field.Dim == first.Dim, $"field '{field.Name}': dim", $"{field.Dim}", kind,
            $"one dim for all fields, and that of '{first.Name}' is {first.Dim}");
    }

    private static void Require(bool holds, string member, string actual, string kind, string expected)
    {
        if (!holds)
            throw new PackageException($"manifest.json: {member} is {actual}; {kind} takes {expected}");
    }
}
