using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>A named value that rules and experiments decide.</summary>
internal sealed record ExperimentFeature(string Key, int Index, JsonElement? Default, IReadOnlyList<FeatureRule> Rules);
