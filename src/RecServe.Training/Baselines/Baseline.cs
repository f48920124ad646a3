namespace RecServe.Training.Baselines;

/// <summary>Figures of a rule without learned parameters: what a model has to beat.</summary>
/// <param name="Name">Short name in snake case, as in JSON.</param>
/// <param name="Auc">Area under the ROC curve on the test samples.</param>
/// <param name="Gauc">AUC within each user, averaged by samples; NaN where no user has both classes.</param>
public sealed record Baseline(string Name, double Auc, double Gauc);
