using System.Text.Json;

namespace RecServe.Experiments;

internal sealed partial class RuleParser
{
    private static ExperimentDefinition ParseExperiment(string feature, FileMember rule, FileMember variations)
    {
        FileMember[] values = variations.Array(ExperimentLimits.Variants);
        if (values.Length < 2)
            throw variations.Wrong($"has {values.Length} entries, an experiment needs at least 2");
        string key = rule.Find("key")?.Text() ?? feature;
        BucketRange[] ranges = ParseRanges(rule, values.Length);
        double total = ranges.Sum(r => r.End - r.Start);
        var variants = new ExperimentVariant[values.Length];
        FileMember[] meta = Array(rule, "meta");
        if (meta.Length != 0 && meta.Length != values.Length)
            throw rule.Find("meta")!.Value.Wrong($"has {meta.Length} entries for {values.Length} variations");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < variants.Length; i++)
        {
            FileMember? about = meta.Length == 0 ? null : meta[i];
            about?.Object("key", "name", "passthrough");
            string variantKey = about?.Find("key")?.Text() ?? i.ToString();
            if (!keys.Add(variantKey))
                throw meta[i].Wrong($"variant key '{variantKey}' stands twice");
            double propensity = total > 0 ? (ranges[i].End - ranges[i].Start) / total : 0;
            variants[i] = new ExperimentVariant(
                variantKey, about?.Find("name")?.Text(), values[i].Value, ranges[i], propensity, about?.Find("passthrough")?.Flag() ?? false);
        }

        return new ExperimentDefinition(
            key, rule.Find("name")?.Text(), feature, rule.Find("hashAttribute")?.Text() ?? "id", HashVersion(rule, 1), rule.Find("seed")?.Text() ?? key, variants)
        {
            IsActive = rule.Find("active")?.Flag() ?? true,
            Rule = rule.Value,
        };
    }

    private static BucketRange[] ParseRanges(FileMember rule, int variants)
    {
        double[] weights = ParseWeights(rule, variants);
        double coverage = rule.Find("coverage")?.Share() ?? 1;
        if (rule.Find("ranges") is not { } member)
            return Bucket.Ranges(variants, coverage, weights);
        BucketRange[] ranges = [.. member.Array(ExperimentLimits.Variants).Select(ParseRange)];
        return ranges.Length == variants ? ranges : throw member.Wrong($"has {ranges.Length} entries for {variants} variations");
    }

    // GrowthBook's SDKs replace weights that do not fit by equal ones; here the file is refused, since nobody writes them on purpose.
    private static double[] ParseWeights(FileMember rule, int variants)
    {
        if (rule.Find("weights") is not { Value.ValueKind: not JsonValueKind.Null } member)
            return Bucket.EqualWeights(variants);
        double[] weights = [.. member.Array(ExperimentLimits.Variants).Select(w => w.Share())];
        if (weights.Length != variants)
            throw member.Wrong($"has {weights.Length} entries for {variants} variations");
        double sum = weights.Sum();
        return sum is >= 0.99 and <= 1.01 ? weights : throw member.Wrong($"sum is {Math.Round(sum, 6)}, expected 1");
    }
}
