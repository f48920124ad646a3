using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>
/// Decides which variants a request gets. Pure: the same snapshot and attributes give the same assignments, on every machine and in
/// every GrowthBook SDK.
/// </summary>
public static class Assigner
{
    private static readonly Dictionary<string, string> NoOverrides = [];

    /// <summary>Assigns a request.</summary>
    /// <param name="snapshot">The experiments.</param>
    /// <param name="attributes">What is known of the request: <c>id</c> (the user's), the user's features and the context.</param>
    /// <param name="overrides">
    /// Experiment key → variant key that is forced where the evaluation reaches the experiment, whoever the unit is. Checked before with
    /// <see cref="ExperimentSnapshot.Refuse"/>; what that would refuse is not followed.
    /// </param>
    public static Assignments Assign(ExperimentSnapshot snapshot, IAttributeSource attributes, IReadOnlyDictionary<string, string>? overrides = null) =>
        new Evaluation(snapshot, attributes, overrides ?? NoOverrides).Run();

    /// <summary>One request's evaluation: each feature is decided once, however many others ask for it.</summary>
    private sealed class Evaluation(ExperimentSnapshot snapshot, IAttributeSource attributes, IReadOnlyDictionary<string, string> overrides)
    {
        private readonly FeatureAssignment[] _features = new FeatureAssignment[snapshot.Features.Count];
        private readonly List<ExperimentAssignment> _experiments = [];
        private readonly Progress[] _progress = new Progress[snapshot.Features.Count];

        private enum Progress : byte
        {
            Open,
            Running,
            Decided,
        }

        public Assignments Run()
        {
            foreach (ExperimentFeature feature in snapshot.Features)
                Decide(feature);
            return new Assignments(_features, _experiments);
        }

        private FeatureAssignment Decide(ExperimentFeature feature)
        {
            switch (_progress[feature.Index])
            {
                case Progress.Decided:
                    return _features[feature.Index];
                case Progress.Running:
                    return new FeatureAssignment(feature.Key, null, FeatureSource.CyclicPrerequisite, "");
                default:
                    _progress[feature.Index] = Progress.Running;
                    _features[feature.Index] = Evaluate(feature);
                    _progress[feature.Index] = Progress.Decided;
                    return _features[feature.Index];
            }
        }

        private FeatureAssignment Evaluate(ExperimentFeature feature)
        {
            foreach (FeatureRule rule in feature.Rules)
            {
                if (rule.Experiment is { } forced && Forced(forced) is { } chosen)
                {
                    if (Enter(chosen, out JsonElement? overridden))
                        return new FeatureAssignment(feature.Key, overridden, FeatureSource.Experiment, rule.Id);
                    continue;
                }

                if (Prerequisites(rule, out FeatureSource? end) is false)
                {
                    if (end is { } source)
                        return new FeatureAssignment(feature.Key, null, source, source == FeatureSource.Prerequisite ? rule.Id : "");
                    continue;
                }

                if (!Passes(rule.Filters) || rule.Condition?.Holds(attributes) == false)
                    continue;
                if (rule.Force is { } value)
                {
                    if (rule.Rollout?.Includes(attributes) != false)
                        return new FeatureAssignment(feature.Key, value, FeatureSource.Force, rule.Id);
                }
                else if (rule.Experiment is { } experiment && Place(rule, experiment) is { } place && Enter(place, out JsonElement? variant))
                {
                    return new FeatureAssignment(feature.Key, variant, FeatureSource.Experiment, rule.Id);
                }
            }

            return new FeatureAssignment(feature.Key, feature.Default, FeatureSource.DefaultValue, "");
        }

        /// <summary>Whether all other features are as the rule wants; where a gate or a cycle ends the feature, <paramref name="end"/> says so.</summary>
        private bool Prerequisites(FeatureRule rule, out FeatureSource? end)
        {
            end = null;
            foreach (Prerequisite prerequisite in rule.Prerequisites)
            {
                ExperimentFeature? parent = snapshot.FindFeature(prerequisite.Feature);
                FeatureAssignment result = parent is null ? default : Decide(parent);
                if (result.Source == FeatureSource.CyclicPrerequisite)
                {
                    end = FeatureSource.CyclicPrerequisite;
                    return false;
                }

                if (!prerequisite.Condition.Holds(new ParentValue(result.Value)))
                {
                    end = prerequisite.Gate ? FeatureSource.Prerequisite : null;
                    return false;
                }
            }

            return true;
        }

        private bool Passes(IReadOnlyList<BucketFilter> filters)
        {
            foreach (BucketFilter filter in filters)
            {
                if (!filter.Lets(attributes))
                    return false;
            }

            return true;
        }

        private ExperimentAssignment? Forced(ExperimentDefinition experiment) =>
            overrides.TryGetValue(experiment.Key, out string? key) && experiment.IndexOf(key) is var index and >= 0
                ? new ExperimentAssignment(experiment, index, AttributeUnit.Of(attributes, experiment.HashAttribute), null)
                : null;

        /// <summary>The unit's variant; null where the experiment does not take it in.</summary>
        private ExperimentAssignment? Place(FeatureRule rule, ExperimentDefinition experiment)
        {
            if (!experiment.IsActive || AttributeUnit.Of(attributes, experiment.HashAttribute) is not { } unit)
                return null;
            if (rule.Namespace is { } part && !Bucket.InNamespace(unit, part.Name, part.Range))
                return null;
            double bucket = Bucket.Of(experiment.Seed, unit, experiment.HashVersion)!.Value;
            int variant = Bucket.Choose(bucket, experiment.Ranges);
            return variant < 0 ? null : new ExperimentAssignment(experiment, variant, unit, bucket);
        }

        /// <summary>Notes that the request is in an experiment; whether that decides the feature, or the next rule does (holdouts).</summary>
        private bool Enter(ExperimentAssignment assignment, out JsonElement? value)
        {
            bool known = false;
            foreach (ExperimentAssignment other in _experiments)
                known |= other.Key == assignment.Key;
            if (!known)
                _experiments.Add(assignment);
            value = assignment.Value;
            return !assignment.Variant.PassThrough;
        }
    }

    /// <summary>What a prerequisite's condition sees: the other feature's value, under the name <c>value</c>.</summary>
    private sealed class ParentValue(JsonElement? value) : IAttributeSource
    {
        public AttributeValue Find(string name) => name == "value" && value is { } json ? AttributeValue.Of(json) : default;
    }
}
