namespace RecServe.Cli.Demo;

/// <summary>Everything the demo found out, and whether it is what a working system finds.</summary>
/// <param name="BestAuc">AUC of the true click probabilities on the test impressions.</param>
/// <param name="Models">The trained models.</param>
/// <param name="Variants">What the server counted.</param>
/// <param name="Updates">What became of the row updates that came meanwhile.</param>
internal sealed record DemoOutcome(double BestAuc, IReadOnlyList<TrainedDemoModel> Models, IReadOnlyList<VariantOutcome> Variants, UpdateOutcome Updates)
{
    /// <summary>Most that a learned model may fall short of the best AUC.</summary>
    public const double AucAllowance = 0.01;

    /// <summary>Treatment's rate minus control's.</summary>
    public double Lift => Variants[1].ClickThroughRate - Variants[0].ClickThroughRate;

    /// <summary>Half the width of the 95 % interval of <see cref="Lift"/>.</summary>
    public double LiftMargin => 1.96 * Math.Sqrt(Math.Pow(Variants[0].StandardError, 2) + Math.Pow(Variants[1].StandardError, 2));

    /// <summary>What is not as it should be; empty when all is well.</summary>
    public IReadOnlyList<string> Failures()
    {
        var failures = new List<string>();
        foreach (TrainedDemoModel model in Models)
        {
            if (!(BestAuc - model.TestAuc <= AucAllowance))
                failures.Add($"{model.Model.Title} has a test AUC of {model.TestAuc:F4}, more than {AucAllowance} below the best possible {BestAuc:F4}");
        }

        int better = Models[1].TestAuc > Models[0].TestAuc ? 1 : 0;
        double lift = better == 1 ? Lift : -Lift;
        if (!(lift > LiftMargin))
            failures.Add($"{Models[better].Model.Title} has the higher AUC and does not win the experiment: its click-through rate is {100 * lift:F2} ± {100 * LiftMargin:F2} points above the other's");
        if (Updates.Messages == 0 || Updates.Applied == 0 || Updates.Quarantined > 0 || Updates.State is not ("local" or "live"))
            failures.Add($"of {Updates.Messages} messages of row updates, {Updates.Applied} rows were applied and {Updates.Quarantined} messages refused; the corridor is {Updates.State}");
        return failures;
    }
}
