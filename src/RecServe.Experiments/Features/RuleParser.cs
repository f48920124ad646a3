using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>Rules of features from JSON.</summary>
internal sealed partial class RuleParser(ConditionParser conditions)
{
    public FeatureRule Parse(string feature, FileMember rule)
    {
        rule.Object("id", "key", "name", "seed", "hashVersion", "hashAttribute", "condition", "parentConditions", "filters", "namespace",
            "force", "coverage", "range", "variations", "weights", "ranges", "meta", "phase", "bucketVersion", "minBucketVersion",
            "disableStickyBucketing", "active");
        if (rule.Find("minBucketVersion") is { } blocked && (blocked.Value.ValueKind != JsonValueKind.Number || blocked.Value.GetDouble() != 0))
            throw blocked.Wrong("sticky buckets are not stored, so that none can be blocked; expected 0");
        FileMember? force = rule.Find("force"), variations = rule.Find("variations");
        FileMember? parents = rule.Find("parentConditions"), condition = rule.Find("condition");
        if (force is null && variations is null && parents is null)
            throw rule.Wrong("needs 'force', 'variations' or 'parentConditions'");
        if (force is not null && variations is not null)
            throw rule.Wrong("has both 'force' and 'variations'");
        if (variations is null && rule.Find("active") is { } active)
            throw active.Wrong("only an experiment, a rule with 'variations', can be paused");
        FileMember[] filters = Array(rule, "filters");
        return new FeatureRule
        {
            Id = rule.Find("id")?.Text() ?? "",
            Condition = condition is { } when ? conditions.Parse(when) : null,
            Prerequisites = [.. Array(rule, "parentConditions").Select(ParsePrerequisite)],
            Filters = [.. filters.Select(ParseFilter)],
            Force = force?.Value,
            Rollout = force is null ? null : ParseRollout(feature, rule),
            Experiment = variations is { } list ? ParseExperiment(feature, rule, list) : null,
            // GrowthBook: where filters stand, the namespace is not looked at.
            Namespace = filters.Length == 0 && rule.Find("namespace") is { } part ? ParseNamespace(part) : null,
        };
    }

    private Prerequisite ParsePrerequisite(FileMember member)
    {
        member.Object("id", "condition", "gate");
        FileMember id = Required(member, "id"), condition = Required(member, "condition");
        return new Prerequisite(id.Text(), conditions.Parse(condition), member.Find("gate")?.Flag() ?? false);
    }

    private static BucketFilter ParseFilter(FileMember member)
    {
        member.Object("seed", "ranges", "attribute", "hashVersion");
        BucketRange[] ranges = [.. Required(member, "ranges").Array(ExperimentLimits.Variants).Select(ParseRange)];
        return new BucketFilter(Required(member, "seed").Text(), member.Find("attribute")?.Text() ?? "id", HashVersion(member, 2), ranges);
    }

    private static NamespacePart ParseNamespace(FileMember member)
    {
        FileMember[] parts = member.Array(3);
        if (parts.Length != 3)
            throw member.Wrong("expected [name, start, end]");
        return new NamespacePart(parts[0].Text(), new BucketRange(parts[1].Share(), parts[2].Share()));
    }

    private static Rollout? ParseRollout(string feature, FileMember rule)
    {
        FileMember? range = rule.Find("range"), coverage = rule.Find("coverage");
        return range is null && coverage is null
            ? null
            : new Rollout(
                rule.Find("seed")?.Text() ?? feature,
                rule.Find("hashAttribute")?.Text() ?? "id",
                HashVersion(rule, 1),
                range is { } given ? ParseRange(given) : null,
                coverage?.Share() ?? 1);
    }

    private static BucketRange ParseRange(FileMember member)
    {
        FileMember[] ends = member.Array(2);
        if (ends.Length != 2 || ends[0].Share() > ends[1].Share())
            throw member.Wrong("expected [start, end] with 0 ≤ start ≤ end ≤ 1");
        return new BucketRange(ends[0].Share(), ends[1].Share());
    }

    private static int HashVersion(FileMember member, int absent)
    {
        if (member.Find("hashVersion") is not { } version)
            return absent;
        return version.Value.ValueKind == JsonValueKind.Number && version.Value.TryGetInt32(out int number) && number is 1 or 2
            ? number
            : throw version.Wrong("expected 1 or 2");
    }

    private static FileMember[] Array(FileMember rule, string name) => rule.Find(name)?.Array(ExperimentLimits.Variants) ?? [];

    private static FileMember Required(FileMember member, string name) => member.Find(name) ?? throw member.Wrong($"member '{name}' is missing");
}
