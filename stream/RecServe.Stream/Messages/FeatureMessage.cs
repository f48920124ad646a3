using RecServe.FeatureStore;

namespace RecServe.Stream;

/// <summary>A message of features.</summary>
/// <param name="Row">What is known now.</param>
/// <param name="ReleasedBy">Who let the row in although it was refused for its version or rate; empty: nobody.</param>
public sealed record FeatureMessage(FeatureRow Row, string ReleasedBy = "");
