namespace RecServe.FeatureStore;

/// <summary>What became of rows that were applied; the three are their number.</summary>
/// <param name="Applied">Rows and deletions that count now.</param>
/// <param name="Stale">Those that were not newer than what was there.</param>
/// <param name="Refused">Those for which there was no room.</param>
public readonly record struct FeatureApplyResult(int Applied, int Stale, int Refused)
{
    /// <summary>Counts one row more.</summary>
    public FeatureApplyResult With(FeatureOutcome outcome) => outcome switch
    {
        FeatureOutcome.Applied => this with { Applied = Applied + 1 },
        FeatureOutcome.Stale => this with { Stale = Stale + 1 },
        _ => this with { Refused = Refused + 1 },
    };
}
