namespace RecServe.Stream;

/// <summary>A message that was applied, or must be, with all before it in its partition.</summary>
/// <param name="Topic">What the topic is called in tokens: one of the names in <see cref="FreshnessToken"/>.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset there.</param>
public readonly record struct FreshnessPlace(string Topic, int Partition, long Offset);
