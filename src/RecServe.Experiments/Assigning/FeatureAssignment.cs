using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>The value of one feature for one request.</summary>
/// <param name="Feature">Key of the feature.</param>
/// <param name="Value">Its value, or null.</param>
/// <param name="Source">What decided it.</param>
/// <param name="RuleId">Id of the rule that decided, or "".</param>
public readonly record struct FeatureAssignment(string Feature, JsonElement? Value, FeatureSource Source, string RuleId);
