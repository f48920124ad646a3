namespace RecServe.Compression.Pruning;

/// <summary>One removal.</summary>
/// <param name="Field">Name of the field.</param>
/// <param name="Importance">Its F-Permutation importance, the lowest of all, nats.</param>
/// <param name="Fields">Fields left.</param>
/// <param name="Bytes">Bytes of the keyed rows left, as fp32.</param>
/// <param name="ValidAuc">Validation AUC after it and the training that followed.</param>
public sealed record PruneStep(string Field, double Importance, int Fields, long Bytes, double ValidAuc);
