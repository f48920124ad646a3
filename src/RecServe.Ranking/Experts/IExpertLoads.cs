namespace RecServe.Ranking;

/// <summary>A scorer whose rows choose their experts, and that counts them.</summary>
public interface IExpertLoads
{
    /// <summary>
    /// Rows that each expert was asked for since the scorer was made: those of the first layer, then of the next. Empty where rows do not choose.
    /// </summary>
    IReadOnlyList<long> ExpertRows { get; }

    /// <summary>Rows that went through a layer since the scorer was made.</summary>
    long LayerRows { get; }
}
