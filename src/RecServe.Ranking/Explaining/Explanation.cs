namespace RecServe.Ranking;

/// <summary>Why a candidate has its logit: what each field adds to the logit of the average request.</summary>
/// <param name="BaseLogit">The logit with every field at its mean over the training samples.</param>
/// <param name="Logit">The candidate's logit.</param>
/// <param name="Contributions">One a field of the package; they sum to <paramref name="Logit"/> − <paramref name="BaseLogit"/>.</param>
public sealed record Explanation(double BaseLogit, double Logit, IReadOnlyList<double> Contributions);
