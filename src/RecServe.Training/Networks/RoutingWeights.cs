namespace RecServe.Training.Networks;

/// <summary>Factors of the losses that a router of sparse experts has of its own; what each is stands at <see cref="RoutingLosses"/>.</summary>
/// <param name="Balance">Of the loss that spreads rows over experts, 0 to 10.</param>
/// <param name="Capacity">Of the loss on rows beyond an expert's capacity, 0 to 10.</param>
/// <param name="Entropy">Of the entropy of the probabilities, 0 to 10: keeps top-p from taking many experts.</param>
public sealed record RoutingWeights(double Balance = 0.01, double Capacity = 0, double Entropy = 0);
