using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>One arm of an experiment.</summary>
/// <param name="Key">Its name in results and overrides: the file's <c>meta[i].key</c>, else its index.</param>
/// <param name="Name">A longer name for people, or null.</param>
/// <param name="Value">What the feature becomes; may name a model, a version or a label.</param>
/// <param name="Range">Buckets that get it.</param>
/// <param name="Propensity">Its weight given inclusion: the share of its range in all ranges, 0 to 1.</param>
/// <param name="PassThrough">Whether its units go on to the feature's next rule (holdouts).</param>
public sealed record ExperimentVariant(string Key, string? Name, JsonElement Value, BucketRange Range, double Propensity, bool PassThrough);
